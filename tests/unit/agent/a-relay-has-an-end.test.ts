import { MAX_SHIFT_MS } from "@loa/shared/broadcast/on-air.ts";
import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { agentBench, at, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { relayItem, relayOf } from "../../support/plans.ts";

/** Red when the mixer is told no end: a station would be heard for ever where the agent that should stop it is gone. */
test.each([
  ["hard", at("05:10:00")],
  ["soft", plus(at("05:10:00"), MAX_SHIFT_MS)],
] as const)(
  "a relay with a %s end is ended by the mixer itself at the latest, whoever else is gone",
  (end, endAt) => {
    const vov = relayOf("vov");
    const bench = agentBench({ clips: [] });
    const schedules = [daily("sang", ["05:00:00"], [relayItem(vov, 10 * MINUTE_MS, end)])];
    bench.sendPlan(planOf(1, schedules, { relays: [vov] }));
    bench.until("05:01:00");
    expect(bench.plays.map((play) => play.endAt)).toEqual([endAt]);
  },
);
