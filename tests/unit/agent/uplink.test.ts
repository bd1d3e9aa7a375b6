import type { AgentState } from "@loa/edge-agent/core/state.ts";
import { faultKind, severityOf } from "@loa/shared/device/fault.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { areaId, scheduleId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { areaTopic, boxTopics } from "@loa/shared/wire/topics.ts";
import { heartbeat, status } from "@loa/shared/wire/uplink.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, planOf, province } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
type Bench = ReturnType<typeof agentBench>;

const online = (options: Partial<Parameters<typeof agentBench>[0]> = {}) => {
  const bench = agentBench({ clips: [news], ...options });
  bench.knobs.isBrokerThere = true;
  bench.post({ kind: "disconnected", reason: "closed" });
  bench.pass(10 * SECOND_MS);
  expect(bench.state.link.phase).toBe("up");
  return bench;
};
const subscriptions = (bench: Bench) =>
  bench.said.flatMap(({ effect }) =>
    effect.kind === "connect" ? [[...effect.also, ...effect.subscribe]] : [],
  );
const eventsSent = (bench: Bench) =>
  bench.said.flatMap(({ effect }) => (effect.kind === "publish-event" ? [effect.body.number] : []));

function everyFault(since: Instant): AgentState["health"]["faults"] {
  return new Map(
    faultKind.options.map((kind) => [kind, { since, severity: severityOf[kind], evidence: null }] as const),
  );
}

describe("the uplink", () => {
  test("listens to the areas of the first plan at once, and to others when it is moved", () => {
    const bench = online();
    expect(subscriptions(bench).at(-1)).toHaveLength(3);
    bench.sendPlan(planOf(1, []));
    bench.pass(10 * SECOND_MS);
    expect(subscriptions(bench).at(-1)).toContain(areaTopic(province));
    const other = areaId.parse("xa-moi");
    bench.sendPlan(planOf(2, [], { lineage: [other, province] }));
    bench.pass(10 * SECOND_MS);
    expect(subscriptions(bench).at(-1)).toContain(areaTopic(other));
    expect(bench.state.link.phase).toBe("up");
    const count = subscriptions(bench).length;
    bench.sendPlan(planOf(3, [], { lineage: [other, province] }));
    bench.pass(10 * SECOND_MS);
    expect(subscriptions(bench)).toHaveLength(count);
  });

  test("no heartbeat is longer than 60 bytes, and one goes out every 16 to 20 s", () => {
    const bench = online({
      memory: { session: 999_900, plan: planOf(999_999, []), ownsFrom: at("04:00:00") },
    });
    const faults = everyFault(bench.now());
    bench.change({ health: { ...bench.state.health, faults } });
    const before = bench.said.length;
    bench.pass(10 * MINUTE_MS);
    const beats = bench.said.slice(before).flatMap(({ at: when, effect }) => {
      if (effect.kind !== "publish" || !effect.message.topic.endsWith("/status")) return [];
      const body = JSON.parse(effect.message.payload);
      return heartbeat.safeParse(body).success ? [{ when, bytes: effect.message.payload.length }] : [];
    });
    expect(beats.length).toBeGreaterThan(25);
    for (const [index, beat] of beats.entries()) {
      expect(beat.bytes).toBeLessThanOrEqual(60);
      const before = beats[index - 1];
      if (before === undefined) continue;
      expect(beat.when - before.when).toBeGreaterThanOrEqual(16 * SECOND_MS - 1);
      expect(beat.when - before.when).toBeLessThanOrEqual(20 * SECOND_MS + 1);
    }
  });

  test("no status is longer than 400 bytes with every fault raised and the longest name due, and the worst faults are told", () => {
    const longest = scheduleId.parse("a".repeat(64));
    const schedule = { ...daily("sang", ["05:00:00"], [news]), id: longest };
    const bench = online({
      memory: { session: 999_900, plan: planOf(1, [schedule]), ownsFrom: at("04:00:00") },
    });
    bench.post({ kind: "device-unreachable", device: ONLY_DEVICE, at: bench.mono, reason: "wrong-identity" });
    const faults = everyFault(bench.now());
    const before = bench.said.length;
    bench.change({ health: { ...bench.state.health, faults, planRefused: true } });
    // The list itself is made by the health rules; what is told of it is looked at here with all of them raised.
    bench.change({ link: { ...bench.state.link, refreshAt: bench.now() } });
    bench.post({ kind: "rang" });
    bench.pass(1);
    const messages = bench.said
      .slice(before)
      .flatMap(({ effect }) =>
        effect.kind === "publish" && effect.message.topic.endsWith("/status") ? [effect.message.payload] : [],
      );
    const bodies = messages.map((text) => status.parse(JSON.parse(text)));
    for (const text of messages) expect(text.length).toBeLessThanOrEqual(boxTopics.status.maxBytes);
    const told = bodies.find((one) => one.k === "fault");
    expect(told?.k === "fault" && told.faults.length).toBeGreaterThanOrEqual(6);
    expect(told?.k === "fault" && told.faults.every((one) => severityOf[one.c] === "critical")).toBe(true);
    expect(bodies.some((one) => one.k === "ready")).toBe(true);
  });

  test("events go out twenty at a time, in order, again after 20 s, and none before the controller has it is forgotten", () => {
    const times = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:30:00`);
    const short = clipOf("b", 60 * SECOND_MS);
    const bench = agentBench({
      clips: [short],
      memory: { plan: planOf(1, [daily("x", times, [short])]), ownsFrom: at("04:00:00") },
    });
    bench.pass(20 * HOUR_MS);
    const total = bench.state.memory.events.length;
    expect(total).toBeGreaterThan(30);
    bench.knobs.isBrokerThere = true;
    bench.post({ kind: "disconnected", reason: "closed" });
    bench.pass(5 * SECOND_MS);
    expect(eventsSent(bench)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    bench.pass(21 * SECOND_MS);
    expect(eventsSent(bench)).toHaveLength(40);
    const { stream } = bench.state.memory;
    // A number that was never given out, another stream, twice the same: nothing is lost by them.
    bench.envelope("received", { stream, upTo: 100_000 });
    expect(bench.state.memory.events[0]?.number).toBe(21);
    bench.envelope("received", { stream: "other", upTo: 30 });
    bench.envelope("received", { stream, upTo: 5 });
    expect(bench.state.memory.events[0]?.number).toBe(21);
    bench.envelope("received", { stream, upTo: total });
    bench.pass(SECOND_MS);
    bench.envelope("received", { stream, upTo: total });
    bench.pass(SECOND_MS);
    expect(Math.max(...eventsSent(bench))).toBe(total);
  });

  test("waits longer and longer before it connects again, at most two minutes", () => {
    const bench = agentBench({ clips: [] });
    const waits: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) {
      bench.post({ kind: "disconnected", reason: "unreachable" });
      waits.push((bench.state.link.connectAt ?? 0) - bench.now());
    }
    expect(waits[0]).toBeLessThan(4 * SECOND_MS);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * MINUTE_MS + 200);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });
});
