import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { describeFault } from "@loa/simulator/virtual/faults.ts";
import { simulate } from "@loa/simulator/virtual/run.ts";
import { describe, expect, test } from "vitest";

const BOXES = 8;
const DAYS = 2;
/** On a machine that does other things as well. */
const timeout = 180_000;

/** Found seeds become lines here, with what they found. */
const seeds = ["1", "2", "3", "6"];

const fresh = String(nodeClock.now());

describe("a province of days, with faults", () => {
  test.for(seeds)("seed %s: nothing is ever false, and all is true in the end", { timeout }, async (seed) => {
    await expectCleanRun(seed);
  });

  test(`fresh seed ${fresh}: nothing is ever false, and all is true in the end`, { timeout }, async () => {
    console.log(`npm run sim -- --seed ${fresh} --days ${DAYS} --boxes ${BOXES}`);
    await expectCleanRun(fresh);
  });

  test("the same seed gives the same trace, another one does not", { timeout }, async () => {
    const run = (seed: string) => simulate({ seed, days: 1, boxes: 4 });
    const [once, again, other] = [await run("twice"), await run("twice"), await run("other")];
    expect(again).toEqual(once);
    expect(other.traceHash).not.toBe(once.traceHash);
  });
});

async function expectCleanRun(seed: string): Promise<void> {
  const result = await simulate({ seed, days: DAYS, boxes: BOXES });
  const story = result.violations.length === 0 ? [] : result.faults.map(describeFault);
  expect({ violations: result.violations, story }).toEqual({ violations: [], story: [] });
  expect(result.counts.sounds).toBeGreaterThan(BOXES);
}
