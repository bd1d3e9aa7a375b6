import { join } from "node:path";
import { machineNow } from "../ears/machine-time.ts";
import { withChirps, writeWav } from "../golden-ear/make-audio.ts";
import { chirpOffsets } from "../golden-ear/offset.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { fromMachine, machineReaches, withRigs } from "./sound-rig.ts";

const MINUTES = 10;
const PPM_APART = 160;
const CHIRP_EVERY_MS = 2_000;
const AHEAD_MS = 2_500;
/** A crystal is measured for this long before it is followed. */
const SETTLE_MS = 10_000;
/** So much is listened to at a time: a recording of ten minutes would be half a gigabyte of numbers. */
const LISTEN_MS = 20_000;
const LIMIT_MS = 2;

export async function bench(): Promise<BenchRow[]> {
  const { apart, expected } = await offsetsOfTwoBoxes(MINUTES * 60_000, PPM_APART);
  const worst = apart.length < expected ? Number.POSITIVE_INFINITY : Math.max(...apart);
  return [
    atMost(`two cards ${PPM_APART} ppm apart, ${MINUTES} minutes, largest offset`, worst, "ms", LIMIT_MS),
  ];
}

/** Two boxes whose cards run apart play the same file, begun at the same instant: how far apart they are heard, ms. */
export function offsetsOfTwoBoxes(
  lengthMs: number,
  ppmApart: number,
): Promise<{ readonly apart: readonly number[]; readonly expected: number }> {
  const cards = [{ ppm: -ppmApart / 2 }, { ppm: ppmApart / 2 }];
  return withRigs(cards, true, async (rigs, { folder }) => {
    const path = join(folder, "chirps.wav");
    const chirpsAt = Array.from({ length: lengthMs / CHIRP_EVERY_MS }, (_, index) => index * CHIRP_EVERY_MS);
    writeWav(path, withChirps(lengthMs, chirpsAt));
    const startAt = machineNow() + AHEAD_MS;
    for (const rig of rigs) rig.play("chirps", path, { startAt: fromMachine(startAt) });
    const apart: number[] = [];
    for (let at = startAt; at < startAt + lengthMs; at += LISTEN_MS) {
      await machineReaches(at + LISTEN_MS + 200);
      const part = { fromAt: at - 100, toAt: at + LISTEN_MS - 100 };
      const [first, second] = rigs.map((rig) => rig.card.recording(part));
      if (first === undefined || second === undefined) continue;
      for (const one of chirpOffsets(first, second, 200))
        if (one.at > startAt + SETTLE_MS) apart.push(Math.abs(one.offsetMs));
    }
    return { apart, expected: (lengthMs - SETTLE_MS) / CHIRP_EVERY_MS - 2 };
  });
}
