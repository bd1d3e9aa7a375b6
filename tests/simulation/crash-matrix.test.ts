import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { crashRun } from "@loa/simulator/crashes/crash-run.ts";
import { describe, expect, test } from "vitest";

/** Found seeds become lines here: a siren and words that went by while the sound engine was still starting. */
const seeds = ["15", "22"];
const FRESH = 8;

const fresh = nodeClock.now();

describe("an emergency around which controller, broker and agents are killed", () => {
  test.for(seeds)("seed %s: is lost at no box and said twice at none", async (seed) => {
    await expectAllSaidOnce(seed);
  });

  test(`${FRESH} fresh seeds from ${fresh} on: is lost at no box and said twice at none`, async () => {
    let kills = 0;
    for (let one = 0; one < FRESH; one += 1) kills += await expectAllSaidOnce(String(fresh + one));
    expect(kills).toBeGreaterThan(FRESH);
  });
});

async function expectAllSaidOnce(seed: string): Promise<number> {
  const { problems, kills, script } = await crashRun(seed);
  const story = problems.length === 0 ? null : { seed, script };
  expect({ problems, story }).toEqual({ problems: [], story: null });
  return kills;
}
