import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { type LocalTime, MINUTE_MS, plus, toLocal } from "@loa/shared/kernel/time.ts";
import type { BoxEvent } from "@loa/shared/wire/bodies.ts";
import { IN_STEP } from "./as-run.ts";
import type { HeartWorld } from "./heart-world.ts";

/** Schedules a bulletin for a minute from now, waits until it was due, and answers what a box tells of it. */
export async function soundSoon(world: HeartWorld): Promise<BoxEvent> {
  const startedAt = plus(world.time.clock.now(), MINUTE_MS);
  const { date, time } = toLocal(startedAt);
  await world.addSchedule("news", { times: [time as LocalTime], from: date, to: date });
  await world.time.advance(2 * MINUTE_MS);
  const occurrenceId = `news@${date}T${time}` as OccurrenceId;
  return {
    kind: "as-run",
    occurrenceId,
    startedAt,
    endedAt: startedAt,
    offsetMs: 0,
    rmsDb: null,
    ...IN_STEP,
  };
}
