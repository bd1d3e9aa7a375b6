import { readdirSync } from "node:fs";
import { createAmplifier } from "@loa/edge-agent/devices/amplifier.ts";
import type { AmplifierReport } from "@loa/edge-agent/ports.ts";
import { startVirtualAmplifier } from "@loa/simulator/virtual-amplifier/start.ts";
import { describe, expect, it } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { profileFolder, shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";

// What a new file gets without a line of TypeScript: a driver and a device that understand each other.
const ids = readdirSync(profileFolder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.replace(/\.yaml$/, ""));

async function startPair(id: string) {
  const profile = shippedProfile(id);
  const time = createTestTime();
  const { clock, timers } = time;
  const [near, far] = createBytePipe(timers).ends;
  const transport = { kind: "link", link: far } as const;
  const meter = () => ({ rmsDb: -20, peakDb: -9 });
  const device = await startVirtualAmplifier({ profile, transport, meter, clock, timers, seed: 1 });
  const { unit } = profile.transport;
  const amplifier = createAmplifier({ profile, link: near, unit, clock, timers, log: createLogBook() });
  const reports: AmplifierReport[] = [];
  amplifier.onReport((report) => reports.push(report));
  return { ...time, profile, device, amplifier, reports };
}

describe.each(ids)("%s", (id) => {
  it("its driver knows its device, reads every point and writes every writable one", async () => {
    const { profile, amplifier, reports, advance } = await startPair(id);
    const writable = profile.points.filter((point) => point.write !== undefined);
    for (const { capability, write } of writable) amplifier.write(capability, write?.min ?? 0);
    for (const { capability, write } of writable) amplifier.write(capability, write?.max ?? 0);
    await advance(60_000);
    expect(reports[0]).toMatchObject({ kind: "identified", profileId: id });
    const read = reports
      .flatMap((report) => (report.kind === "values" ? report.values : []))
      .filter((value) => value.quality === "good")
      .map((value) => value.capability);
    expect(new Set(read)).toEqual(new Set(profile.points.map((point) => point.capability)));
    const outcomes = reports.flatMap((report) => (report.kind === "written" ? [report.outcome] : []));
    expect(outcomes).toEqual(writable.flatMap(() => ["verified", "verified"]));
  });

  it("its driver refuses a device that is not this one", async () => {
    const { device, reports, advance } = await startPair(id);
    device.setFault("wrong-identity");
    await advance(5_000);
    expect(reports[0]).toMatchObject({ kind: "unreachable", reason: "wrong-identity" });
  });
});
