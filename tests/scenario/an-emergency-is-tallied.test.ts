import { areaId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import { type World, world } from "../support/world.ts";

const tallyAnswer = z.object({
  tally: z.record(z.string(), z.number()),
  boxes: z.array(
    z.object({
      boxId: z.string(),
      state: z.string(),
      firstSoundAt: z.number().nullable(),
      verdict: z.string().nullable(),
    }),
  ),
});

const alarm = {
  area: areaId.parse(PROVINCE_ID),
  severity: "actual",
  messageMs: null,
  times: 1,
  gapS: 0,
  durationMin: 180,
} as const;

async function tallyOf({ drive, operator }: World, id: string) {
  return await drive(operator.do("GET", `/api/v1/emergencies/${id}`, tallyAnswer));
}

/** A province of three boxes in the middle of a bulletin, of which one cannot be reached. */
async function inTheMorning() {
  const there = await world({ boxes: 3 });
  await there.order(["05:00:00"], 30);
  await there.until(there.at("04:50:00"));
  const [away] = there.boxes;
  away?.machine.link.setCut("both");
  await there.until(there.at("05:10:00"));
  return { ...there, away };
}

test("an emergency is audible within seconds where a box can hear, and where it could not as soon as it can", async () => {
  const there = await inTheMorning();
  const raisedAt = there.time.instant();
  const { emergency } = await there.drive(there.newsroom.raise(alarm));
  await there.until(plus(raisedAt, 10 * SECOND_MS));
  const early = await tallyOf(there, emergency.id);
  expect(early.tally).toMatchObject({ targeted: 3, audible: 2, acknowledged: 2, offline: 1, waiting: 0 });
  for (const { state, firstSoundAt } of early.boxes) {
    if (state === "audible") expect((firstSoundAt ?? 0) - raisedAt).toBeLessThan(2 * SECOND_MS);
  }
  await there.until(plus(raisedAt, HOUR_MS));
  there.away?.machine.link.setCut("none");
  await there.until(plus(raisedAt, HOUR_MS + 5 * MINUTE_MS));
  const late = await tallyOf(there, emergency.id);
  expect(late.tally).toMatchObject({ targeted: 3, audible: 3, acknowledged: 3, offline: 0 });
  expect(late.boxes.map((one) => one.verdict)).toEqual(["heard", "heard", "heard"]);
});

test("a box that comes back after the cancelling, or after the end, stays silent", async () => {
  const there = await inTheMorning();
  const { away } = there;
  if (away === undefined) throw new Error("no box");
  await there.until(there.at("06:00:00"));
  const before = there.heard(away).length;
  const cancelled = await there.drive(there.newsroom.raise(alarm));
  await there.until(there.at("06:05:00"));
  await there.drive(there.newsroom.cancel(cancelled));
  const over = await there.drive(there.newsroom.raise({ ...alarm, severity: "exercise", durationMin: 30 }));
  await there.until(there.at("07:00:00"));
  away.machine.link.setCut("none");
  await there.until(there.at("07:30:00"));
  expect(there.heard(away)).toHaveLength(before);
  const { tally } = await tallyOf(there, over.emergency.id);
  expect(tally).toMatchObject({ targeted: 3, audible: 2 });
});

test("an emergency is not given up as unreported in the silence between its rounds, nor the bulletin that waits for it", async () => {
  const there = await world({ boxes: 1 });
  await there.order(["05:00:00"], 30);
  await there.until(there.at("04:59:50"));
  const { emergency } = await there.drive(there.newsroom.raise({ ...alarm, times: 4, gapS: 180 }));
  await there.until(there.at("05:02:00"));
  const said = async () => (await there.receipts()).map(({ verdict, cause }) => [verdict, cause]);
  // The box's own early word; nobody else's.
  expect(await said()).toEqual([["missed", "pre-empted"]]);
  await there.until(there.at("06:00:00"));
  expect((await said()).map(([verdict]) => verdict)).not.toContain("unknown");
  expect((await tallyOf(there, emergency.id)).boxes.map((one) => one.verdict)).toEqual(["heard"]);
});
