import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { expect, test } from "vitest";
import { openPacedCabinet } from "../support/paced-cabinet.ts";
import { shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";

const writes = 200;
/** One answer of these small blocks, 35 ms, and the write itself. */
const limitMs = 75;

/** Two amplifiers at 9600 baud of which all is asked without a pause; zone 1 of the first is switched at any moment. */
async function switchOften() {
  const time = createTestTime();
  const profile = shippedProfile("loa-reference-amplifier");
  const units = [
    { profile, fault: null },
    { profile, fault: null },
  ];
  const cabinet = openPacedCabinet({ units, baud: 9_600, ...time });
  const [first] = cabinet.units;
  if (first === undefined) throw new Error("no unit");
  const tookMs: number[] = [];
  const stale: string[] = [];
  let wanted = 0;
  let wantedAt = 0;
  let readBack: number | null = null;
  for (const { devices } of cabinet.units)
    devices.onReport((report) => {
      if (report.kind === "values") devices.lookNow();
    });
  first.devices.onReport((report) => {
    if (report.kind === "written" && report.outcome === "verified") readBack = report.readBack;
    if (report.kind !== "values" || readBack === null) return;
    for (const value of report.values)
      if (value.capability === "zone.1" && value.quality === "good" && value.value !== readBack)
        stale.push(`${value.value} after ${readBack} was read back`);
  });
  cabinet.onObeyed((unit, capability) => {
    if (unit === 1 && capability === "zone.1") tookMs.push(time.clock.monotonic() - wantedAt);
  });
  await time.advance(2_000);
  const random = createSeededRandom("priority");
  for (let write = 0; write < writes; write += 1) {
    wanted = 1 - wanted;
    wantedAt = time.clock.monotonic();
    readBack = null;
    first.devices.write("zone.1", wanted);
    await time.advance(random.between(250, 450));
  }
  return { tookMs, stale };
}

/** Red when the driver's own poll, which waits behind its neighbour's on the line, must be served first. */
test("a write goes ahead of every poll that still waits", async () => {
  const { tookMs } = await switchOften();
  expect(tookMs).toHaveLength(writes);
  expect(Math.max(...tookMs)).toBeLessThan(limitMs);
});

/** Red when a poll that was on the wire is told together with the rest of its round, after the read-back. */
test("no older value is told after a read-back", async () => {
  expect((await switchOften()).stale).toEqual([]);
});
