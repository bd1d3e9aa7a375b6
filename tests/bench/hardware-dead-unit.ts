import { openPacedCabinet } from "../support/paced-cabinet.ts";
import { shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { quantileOf } from "./quantiles.ts";

/** Three amplifiers of which all is asked, as while they sound, and a fourth seat on their line. */
const healthy = 3;
const watchedMs = 600_000;
const settleMs = 10_000;
const goalPercent = 20;

/** What a unit that does not answer takes from its neighbours, on a virtual clock: their rounds, with and without it. */
export async function bench(): Promise<BenchRow[]> {
  const alone = await roundsOf(null);
  const beside = await roundsOf("dead");
  const slower = (of: (times: readonly number[]) => number) => (of(beside) / of(alone) - 1) * 100;
  const mean = (times: readonly number[]) => times.reduce((sum, one) => sum + one, 0) / times.length;
  const p99 = (times: readonly number[]) => quantileOf(times, 0.99);
  process.stderr.write(
    `a look at a healthy unit every ${mean(alone).toFixed(0)} ms (p99 ${p99(alone).toFixed(0)}); beside a dead one every ${mean(beside).toFixed(0)} ms (p99 ${p99(beside).toFixed(0)})\n`,
  );
  return [atMost("looks at healthy units, beside a dead one, are rarer by", slower(mean), "%", goalPercent)];
}

/** Times between two looks at the level of each healthy unit, ms; the seat of the last one is empty or has a dead unit. */
async function roundsOf(fault: "dead" | null): Promise<readonly number[]> {
  const time = createTestTime();
  const profile = shippedProfile("loa-reference-amplifier");
  const good = Array.from({ length: healthy }, () => ({ profile, fault: null }));
  const units = fault === null ? good : [{ profile, fault }, ...good];
  const cabinet = openPacedCabinet({ units, baud: 9_600, ...time });
  const times: number[] = [];
  for (const { devices } of cabinet.units) devices.pace("sounding");
  for (const { devices } of cabinet.units.slice(-healthy)) {
    let before: number | null = null;
    devices.onReport((report) => {
      if (
        report.kind !== "values" ||
        !report.values.some(({ capability }) => capability === "amplifier.level")
      )
        return;
      const at = time.clock.monotonic();
      if (before !== null && before > settleMs) times.push(at - before);
      before = at;
    });
  }
  await time.advance(settleMs + watchedMs);
  const closed = cabinet.close();
  await time.advance(settleMs);
  await closed;
  return times;
}
