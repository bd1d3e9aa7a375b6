import { openShelf } from "@loa/edge-agent/devices/shelf.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { startLiveAmplifier } from "@loa/simulator/live/live-amplifier.ts";
import { expect, onTestFinished, test } from "vitest";
import { createLogBook } from "../support/log-book.ts";
import { anyShippedProfile } from "../support/profiles.ts";
import { realClock as clock, realTimers as timers } from "../support/real-time.ts";

const waitLimit = { timeout: 10_000, interval: 10 };
const meter = () => ({ rmsDb: -20, peakDb: -9 });

test.each(["loa-reference-amplifier", "loa-reference-text-amplifier", "ecler-npa-tp-net"])(
  "the province drives %s over a real line: known, switched on, and lost when it dies",
  async (id) => {
    const profile = anyShippedProfile(id);
    const amplifier = await startLiveAmplifier({ profile, meter, clock, timers, seed: 1 });
    const shelf = openShelf({
      devices: [{ alias: ONLY_DEVICE, profile, line: "amplifier" }],
      linkFor: () => amplifier.newLink(),
      gpioFor: () => {
        throw new Error("no pins here");
      },
      clock,
      timers,
      log: createLogBook(),
    });
    onTestFinished(async () => {
      await shelf.close();
      await amplifier.close();
    });
    const reports: DeviceReport[] = [];
    shelf.onReport((report) => reports.push(report));
    await expect.poll(() => reports.map(({ kind }) => kind), waitLimit).toContain("identified");
    shelf.write("amplifier.power", 1);
    await expect
      .poll(() => reports.find(({ kind }) => kind === "written"), waitLimit)
      .toMatchObject({ readBack: 1, outcome: "verified" });
    amplifier.setFault("dead");
    shelf.write("amplifier.power", 0);
    await expect
      .poll(() => reports.find(({ kind }) => kind === "unreachable"), waitLimit)
      .toMatchObject({ reason: "timeout" });
  },
);
