import type { AgentEvent } from "@loa/edge-agent/core/event.ts";
import { areaId, boxId } from "@loa/shared/kernel/ids.ts";
import { fail } from "@loa/shared/kernel/result.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import type { AckBody } from "@loa/shared/wire/bodies.ts";
import { MAX_ENVELOPE_BYTES, openSealed, type Refusal, seal } from "@loa/shared/wire/envelope.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, planOf, province } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
type Bench = ReturnType<typeof agentBench>;

const acks = (bench: Bench): readonly AckBody[] =>
  bench.said.flatMap(({ effect }) => (effect.kind === "publish-ack" ? [effect.body] : []));
const accepted = (bench: Bench) =>
  bench.said.flatMap(({ effect }) => (effect.kind === "accept" ? [effect.token] : []));
const stop = (bench: Bench, change: Parameters<Bench["envelope"]>[2] = {}) =>
  bench.envelope("stop", { at: bench.now() }, change);

function ready() {
  const bench = agentBench({ clips: [news] });
  bench.sendPlan(planOf(5, [daily("sang", ["05:00:00"], [news])]));
  return bench;
}

describe("the door: size, form, key, signature", () => {
  const { privateKey, publicKey } = newKeyPair();
  const contents = ready().envelope("stop", { at: at("04:00:00") });
  const text = seal(contents, { issuer: "room", privateKey }, nodeCrypto);
  const keyOf = (issuer: string) => (issuer === "room" ? publicKey : null);
  const [head = "", body = "", signature = ""] = text.split(".");
  const other = seal(contents, { issuer: "room", privateKey: newKeyPair().privateKey }, nodeCrypto);
  test.each<[string, Refusal, string]>([
    ["too long", "too-large", "x".repeat(MAX_ENVELOPE_BYTES + 1)],
    ["no envelope", "malformed", "hello"],
    ["in four parts", "malformed", `${text}.`],
    ["under another header", "malformed", `e30.${body}.${signature}`],
    ["a stranger's", "unknown-key", seal(contents, { issuer: "nobody", privateKey }, nodeCrypto)],
    ["of another key under the same name", "bad-signature", other],
    ["changed", "bad-signature", `${head}.${body}x.${signature}`],
  ])("what is %s is refused: %s", (_, reason, sealed) => {
    expect(openSealed(sealed, keyOf, nodeCrypto)).toEqual({ ok: false, error: reason });
  });

  test("what is refused here is let go and not answered: there is nobody to answer", () => {
    const bench = ready();
    const before = acks(bench).length;
    const event: AgentEvent = { kind: "envelope", token: 77, opened: fail("bad-signature") };
    bench.post(event);
    expect(accepted(bench)).toContain(77);
    expect(acks(bench)).toHaveLength(before);
  });
});

describe("the inbox", () => {
  test.each<[Refusal, (bench: Bench) => void]>([
    ["critical-field", (bench) => stop(bench, { critical: ["gain"] })],
    ["critical-field", (bench) => bench.envelope("plan", { plan: planOf(9, []) }, { critical: ["zones"] })],
    ["wrong-audience", (bench) => stop(bench, { audience: { box: boxId.parse("cum-2") } })],
    ["wrong-audience", (bench) => stop(bench, { audience: { area: areaId.parse("tinh-khac") } })],
    ["wrong-audience", (bench) => stop(bench, { audience: { controller: true } })],
    ["replayed", (bench) => stop(bench, { sequence: 1 })],
    ["not-yet-valid", (bench) => stop(bench, { notBefore: plus(bench.now(), 2 * MINUTE_MS) })],
    ["expired", (bench) => stop(bench, { expiresAt: plus(bench.now(), -1) })],
    ["bad-body", (bench) => bench.envelope("stop", { at: "now" })],
    ["bad-body", (bench) => bench.envelope("plan", { plan: { v: 2 } })],
    ["bad-body", (bench) => bench.sendPlan({ ...planOf(9, []), box: boxId.parse("cum-2") })],
    ["bad-body", (bench) => bench.envelope("ack", {})],
    ["stale-revision", (bench) => bench.sendPlan(planOf(4, []))],
  ])("refuses with «%s», answers so, lets the message go and changes nothing", (reason, send) => {
    const bench = ready();
    const { plan, stoppedAt, sequences, commands } = bench.state.memory;
    const tokens = accepted(bench).length;
    send(bench);
    expect(acks(bench).at(-1)).toMatchObject({ state: "refused", reason, highest: 1 });
    expect(accepted(bench)).toHaveLength(tokens + 1);
    const { memory } = bench.state;
    expect([memory.plan, memory.stoppedAt, memory.sequences, memory.commands]).toEqual([
      plan,
      stoppedAt,
      sequences,
      commands,
    ]);
  });

  test("looks in the order of the book: audience, sequence, time, body", () => {
    const wrong = {
      audience: { box: boxId.parse("cum-2") },
      sequence: 1,
      expiresAt: at("00:00:00"),
    } as const;
    const reasons = [
      wrong,
      { ...wrong, audience: { area: province } },
      { expiresAt: wrong.expiresAt },
      {},
    ].map((change) => {
      const bench = ready();
      bench.envelope("stop", { at: null }, change);
      return acks(bench).at(-1)?.reason;
    });
    expect(reasons).toEqual(["wrong-audience", "replayed", "expired", "bad-body"]);
  });

  test("writes first, then lets the message go, then answers", () => {
    const bench = ready();
    const before = bench.said.length;
    stop(bench, { audience: { area: province } });
    const kinds = bench.said.slice(before).map(({ effect }) => effect.kind);
    expect(kinds.indexOf("commit")).toBe(0);
    expect(kinds.indexOf("accept")).toBe(1);
    expect(kinds.indexOf("publish-ack")).toBe(2);
  });

  test("answers a command that it knows again, and does it once", () => {
    const bench = ready();
    const first = stop(bench);
    const { stoppedAt } = bench.state.memory;
    bench.pass(10 * SECOND_MS);
    bench.envelope("stop", { at: bench.now() }, { id: first.id });
    expect(acks(bench).filter((one) => one.command === first.id && one.state === "accepted")).toHaveLength(2);
    expect(bench.state.memory.stoppedAt).toBe(stoppedAt);
  });

  test("a counter that jumps ahead makes everything 1,024 below it old, and nothing else", () => {
    const bench = ready();
    stop(bench, { sequence: 100_000 });
    stop(bench, { sequence: 100_000 - 1_024 });
    expect(acks(bench).at(-1)).toMatchObject({ reason: "replayed", highest: 100_000 });
    stop(bench, { sequence: 100_000 - 1_023 });
    expect(acks(bench).at(-1)).toMatchObject({ state: "accepted", highest: 100_000 });
    stop(bench, { sequence: 100_000 - 1_023 });
    expect(acks(bench).at(-1)).toMatchObject({ reason: "replayed" });
    for (let index = 1; index <= 2_000; index += 1) stop(bench, { sequence: 100_000 + index });
    for (const { seen } of bench.state.memory.sequences.values())
      expect(seen.length).toBeLessThanOrEqual(1_024);
    expect(bench.state.memory.commands.length).toBeLessThanOrEqual(512);
  });

  test("a STOP does not reach into the future", () => {
    const bench = ready();
    bench.envelope("stop", { at: plus(bench.now(), 3 * HOUR_MS) });
    bench.until("05:10:00");
    expect(bench.plays).toHaveLength(1);
  });

  test("while the time is not known nothing is too old", () => {
    const bench = ready();
    bench.change({ time: { ...bench.state.time, trust: "untrusted" } });
    stop(bench, { expiresAt: plus(bench.now(), -HOUR_MS) });
    expect(acks(bench).at(-1)).toMatchObject({ state: "accepted" });
  });

  test("signed time counts once, and only for the nonce of this session", () => {
    const bench = ready();
    bench.change({ time: { ...bench.state.time, trust: "rtc", errorMs: null } });
    bench.knobs.isBrokerThere = true;
    bench.post({ kind: "disconnected", reason: "closed" });
    bench.pass(10 * SECOND_MS);
    const before = bench.now();
    bench.envelope("time", { nonce: "nonce", at: plus(before, HOUR_MS) }, { critical: ["zone"] });
    bench.envelope("time", { nonce: "stale", at: plus(before, HOUR_MS) });
    expect(bench.now()).toBe(before);
    bench.envelope("time", { nonce: "nonce", at: plus(before, HOUR_MS) });
    // Taken at half the way from the moment at which the nonce was sent.
    const taken = bench.now();
    expect(taken - plus(before, HOUR_MS)).toBeLessThan(10 * SECOND_MS);
    expect(taken).toBeGreaterThanOrEqual(plus(before, HOUR_MS));
    expect(bench.state.time.trust).toBe("controller");
    bench.envelope("time", { nonce: "nonce", at: plus(before, 2 * HOUR_MS) });
    expect(bench.now()).toBe(taken);
  });

  test("the plan in force, sent again, starts no second probation", () => {
    const bench = ready();
    bench.pass(5 * MINUTE_MS);
    expect(bench.state.memory.probation).toBeNull();
    bench.sendPlan(planOf(5, [daily("sang", ["05:00:00"], [news])]));
    expect(bench.state.memory.probation).toBeNull();
    expect(acks(bench).at(-1)).toMatchObject({ state: "accepted" });
  });
});
