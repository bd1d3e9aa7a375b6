import {
  isRenewalDue,
  type RenewalSight,
  renewalDueAt,
  renewalWaitMs,
} from "@loa/edge-agent/core/renewal.ts";
import { asInstant, DAY_MS, HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const notBefore = asInstant(Date.UTC(2026, 10, 23));
const holding = { notBefore, notAfter: plus(notBefore, 90 * DAY_MS) };
const afterDays = (days: number) => plus(notBefore, days * DAY_MS);
const sight: RenewalSight = { now: notBefore, isClockTrusted: true, isLinkUp: true, linkFailures: 0 };

describe("a box renews its certificate", () => {
  test("at two thirds of its life, spread over some days", () => {
    expect(renewalDueAt(holding, 0)).toBe(afterDays(60));
    expect(renewalDueAt(holding, 0.999)).toBeGreaterThan(afterDays(64));
    expect(renewalDueAt(holding, 0.999)).toBeLessThan(afterDays(65));
    expect(isRenewalDue(holding, 0, { ...sight, now: afterDays(59) })).toBe(false);
    expect(isRenewalDue(holding, 0, { ...sight, now: afterDays(60) })).toBe(true);
  });

  test("also when it is long over", () => {
    expect(isRenewalDue(holding, 0.5, { ...sight, now: afterDays(400), isLinkUp: false })).toBe(true);
  });

  test("without the time only when the door stays shut", () => {
    const lost = { ...sight, isClockTrusted: false, now: afterDays(400) };
    expect(isRenewalDue(holding, 0, lost)).toBe(false);
    expect(isRenewalDue(holding, 0, { ...lost, isLinkUp: false, linkFailures: 4 })).toBe(false);
    expect(isRenewalDue(holding, 0, { ...lost, isLinkUp: false, linkFailures: 5 })).toBe(true);
  });

  test("and after a refusal less and less often, at most every six hours or so", () => {
    expect(renewalWaitMs(1, 0)).toBeGreaterThanOrEqual(30_000);
    expect(renewalWaitMs(1, 0.999)).toBeLessThan(renewalWaitMs(5, 0.999));
    expect(renewalWaitMs(1_000, 0.999)).toBeLessThan(7 * HOUR_MS);
  });
});

describe("a new certificate", () => {
  test("is shown by a new connection within seconds, and what sounds goes on", () => {
    const news = clipOf("a", 5 * MINUTE_MS);
    const bench = agentBench({
      beginsAt: "04:59:00",
      clips: [news],
      memory: { plan: planOf(1, [daily("tin", ["05:00:00"], [news])]), ownsFrom: at("04:00:00") },
    });
    bench.knobs.isBrokerThere = true;
    bench.post({ kind: "disconnected", reason: "closed" });
    bench.pass(2 * MINUTE_MS);
    expect(bench.state.link.phase).toBe("up");
    const count = (kind: string) => bench.said.filter(({ effect }) => effect.kind === kind).length;
    const before = [count("connect"), count("play"), count("stop-sound")];
    expect(before[1]).toBe(1);
    bench.post({ kind: "certificate-renewed" });
    bench.pass(10 * SECOND_MS);
    expect(bench.state.link.phase).toBe("up");
    expect([count("connect") - 1, count("play"), count("stop-sound")]).toEqual(before);
  });
});
