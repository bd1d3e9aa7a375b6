import type { DeviceReport, Devices } from "@loa/edge-agent/ports.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import type { MeterReading } from "@loa/simulator/virtual-device/signal-path.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { shippedProfile } from "../support/profiles.ts";

export interface AmplifierWorld {
  readonly amplifier: Devices;
  setFault(fault: DeviceFault | null): void;
  setMeter(meter: MeterReading): void;
  /** What the device itself shows, whatever the driver says. */
  deviceShows(capability: Capability): number | null | undefined;
  /** Lets time pass until it is true; rejects after a generous limit. */
  until(isTrue: () => boolean): Promise<void>;
  close(): Promise<void>;
}

type Report<Kind extends DeviceReport["kind"]> = DeviceReport & { readonly kind: Kind };

/** Short enough for tests that run in real time. */
const leaseMs = 1_500;
const intervalMs = 800;

/** The reference amplifier, with the features of a profile that it does not need itself. */
export function contractProfile(profile = shippedProfile("loa-reference-amplifier")): ModbusProfile {
  return {
    ...profile,
    points: profile.points.map((point) =>
      point.capability === "zone.2" && point.write !== undefined
        ? { ...point, write: { ...point.write, minIntervalMs: intervalMs } }
        : point,
    ),
    sequences: [
      {
        name: "wake",
        steps: [
          { write: { capability: "zone.1", value: 1 } },
          { waitMs: 300 },
          { expect: { capability: "zone.1", value: 1, withinMs: 1_000 } },
        ],
      },
      {
        name: "arm",
        steps: [
          { write: { capability: "zone.1", value: 1 } },
          { expect: { capability: "amplifier.mute", value: 1, withinMs: 300 } },
        ],
      },
    ],
    lease: [{ capability: "amplifier.mute", maxOnMs: leaseMs }],
    safeState: [
      { capability: "amplifier.power", value: 0 },
      { capability: "zone.1", value: 0 },
    ],
  };
}

/** The lease begins with the read-back, which is told a little later. */
const leaseSlackMs = 100;

const speech: MeterReading = { rmsDb: -20, peakDb: -9 };

async function startIn(createWorld: () => Promise<AmplifierWorld>) {
  const world = await createWorld();
  onTestFinished(world.close);
  const reports: DeviceReport[] = [];
  world.amplifier.onReport((report) => reports.push(report));
  const all = <Kind extends DeviceReport["kind"]>(kind: Kind) =>
    reports.filter((report): report is Report<Kind> => report.kind === kind);
  /** The newest reading of a point. */
  const shown = (capability: Capability) =>
    all("values")
      .flatMap((report) => report.values)
      .findLast((value) => value.capability === capability);
  const identified = () => world.until(() => all("identified").length > 0);
  const written = async (count: number) => {
    await world.until(() => all("written").length >= count);
    return all("written");
  };
  return { ...world, reports, all, shown, identified, written };
}
type Started = Awaited<ReturnType<typeof startIn>>;

export function describeAmplifier(name: string, createWorld: () => Promise<AmplifierWorld>): void {
  const start = () => startIn(createWorld);
  describe(`amplifier: ${name}`, () => {
    it("says what it is before it says anything else", async () => {
      const { identified, reports, all } = await start();
      await identified();
      expect(reports[0]?.kind).toBe("identified");
      expect(all("identified")[0]?.profileId).toBe("loa-reference-amplifier");
      expect(all("identified")[0]?.capabilities).toContain("amplifier.level");
    });

    it("writes in the order asked, reads back, and says so once for each", async () => {
      const { amplifier, written, deviceShows } = await start();
      amplifier.write("zone.1", 1);
      amplifier.write("amplifier.gain", -12.3);
      amplifier.write("amplifier.power", 1);
      const reports = await written(3);
      expect(
        reports.map(({ capability, value, readBack, outcome }) => [capability, value, readBack, outcome]),
      ).toEqual([
        ["zone.1", 1, 1, "verified"],
        ["amplifier.gain", -12.3, -12.3, "verified"],
        ["amplifier.power", 1, 1, "verified"],
      ]);
      expect(deviceShows("amplifier.power")).toBe(1);
    });

    it("refuses what the profile does not allow, and leaves the device alone", async () => {
      const { amplifier, written, deviceShows } = await start();
      amplifier.write("amplifier.gain", 12);
      amplifier.write("amplifier.level", 0);
      amplifier.write("zone.4", 1);
      expect((await written(3)).map((report) => report.outcome)).toEqual(Array(3).fill("not-supported"));
      expect(deviceShows("amplifier.gain")).toBe(0);
    });

    it("shows sound at the output while it sounds, and none when nothing comes in", async () => {
      const { amplifier, until, shown, setMeter } = await start();
      for (const capability of ["amplifier.power", "zone.1", "zone.2"] as const)
        amplifier.write(capability, 1);
      amplifier.pace("sounding");
      setMeter(speech);
      await until(() => {
        const level = shown("amplifier.level");
        return level?.quality === "good" && level.value === speech.rmsDb;
      });
      await until(() => {
        const current = shown("speakerLine.current");
        return current?.quality === "good" && current.value > 0.1;
      });
      setMeter({ rmsDb: Number.NEGATIVE_INFINITY, peakDb: Number.NEGATIVE_INFINITY });
      await until(() => {
        const level = shown("amplifier.level");
        return level?.quality === "good" && level.value === -90;
      });
    });

    it("one that accepts and stays silent shows power on, but neither level nor current", async () => {
      const { amplifier, until, written, shown, setMeter, setFault, all } = await start();
      setMeter(speech);
      setFault("silent");
      amplifier.write("amplifier.power", 1);
      amplifier.write("zone.1", 1);
      expect((await written(2)).map((report) => report.outcome)).toEqual(["verified", "verified"]);
      const before = all("values").length;
      amplifier.pace("sounding");
      await until(() => all("values").length > before + 1);
      expect(shown("amplifier.power")).toMatchObject({ quality: "good", value: 1 });
      expect(shown("amplifier.level")).toMatchObject({ quality: "good", value: -90 });
      expect(shown("speakerLine.current")).toMatchObject({ quality: "good", value: 0 });
    });

    it("one that accepts and does not obey is not verified", async () => {
      const { amplifier, written, setFault, identified } = await start();
      await identified();
      setFault("stuck-relay");
      amplifier.write("amplifier.power", 1);
      expect((await written(1))[0]).toMatchObject({ readBack: 0, outcome: "not-verified" });
    });

    it("one that does not answer is unreachable by timeout, fails what waits, and comes back", async () => {
      const { amplifier, until, written, setFault, all } = await start();
      setFault("dead");
      amplifier.write("amplifier.power", 1);
      amplifier.write("zone.1", 1);
      const reports = await written(2);
      expect(reports.map(({ readBack, outcome }) => [readBack, outcome])).toEqual(
        Array(2).fill([null, "timeout"]),
      );
      await until(() => all("unreachable").length > 0);
      expect(all("unreachable")[0]?.reason).toBe("timeout");
      expect(all("identified")).toEqual([]);
      setFault(null);
      await until(() => all("identified").length === 1);
    });

    it("answers that come too late are timeouts", async () => {
      const { until, setFault, all } = await start();
      setFault("late-replies");
      await until(() => all("unreachable").length > 0);
      expect(all("unreachable")[0]?.reason).toBe("timeout");
      expect(all("values")).toEqual([]);
    });

    it("a slow one is still good", async () => {
      const { amplifier, written, setFault } = await start();
      setFault("slow");
      amplifier.write("zone.2", 1);
      expect((await written(1))[0]?.outcome).toBe("verified");
    });

    it("nothing is ever written to a device that is not what the profile says", async () => {
      const { amplifier, written, until, setFault, all, deviceShows } = await start();
      setFault("wrong-identity");
      amplifier.write("amplifier.power", 1);
      expect((await written(1))[0]).toMatchObject({ readBack: null, outcome: "wrong-identity" });
      await until(() => all("unreachable").length > 0);
      expect(all("unreachable")[0]?.reason).toBe("wrong-identity");
      expect(deviceShows("amplifier.power")).toBe(0);
    });

    it("faults of the device are readings", async () => {
      const { amplifier, until, shown, setFault } = await start();
      amplifier.pace("sounding");
      const is = (capability: Capability, wanted: number) => () => {
        const value = shown(capability);
        return value?.quality === "good" && value.value === wanted;
      };
      await until(is("mains.present", 1));
      setFault("mains-lost");
      await until(is("mains.present", 0));
      setFault("over-temperature");
      await until(is("amplifier.fault.thermal", 1));
      await until(is("mains.present", 1));
    });

    describeDuties(start);
  });
}

/** What a device does by itself, or in an order of its own. */
function describeDuties(start: () => Promise<Started>): void {
  it("a fault is an alarm within seconds although nothing sounds, and only what has changed is told", async () => {
    const { until, setFault, all, identified } = await start();
    await identified();
    await until(() => all("values").length > 0);
    const before = all("values").length;
    setFault("door-open");
    await until(() => all("alarm").length > 0);
    expect(all("alarm")[0]).toMatchObject({
      capability: "cabinet.door",
      fault: "cabinet-open",
      isRaised: true,
    });
    const told = all("values").slice(before);
    expect(told.flatMap(({ values }) => values)).toEqual([
      { capability: "cabinet.door", quality: "good", value: 1 },
    ]);
  });

  it("a look out of turn reads all of it", async () => {
    const { amplifier, until, all, identified } = await start();
    await identified();
    await until(() => all("values").length > 0);
    const before = all("values").length;
    amplifier.lookNow();
    await until(() => all("values").length > before);
    const read = all("values")[before]?.values.map(({ capability }) => capability) ?? [];
    expect(read).toEqual(expect.arrayContaining(["amplifier.power", "amplifier.gain", "battery.soc"]));
  });

  it("a sequence goes its steps in order, and says when it is done", async () => {
    const { amplifier, until, all, identified, deviceShows } = await start();
    await identified();
    amplifier.run("wake");
    await until(() => all("ran").length > 0);
    expect(all("ran")[0]).toMatchObject({ sequence: "wake", outcome: "done", step: 3 });
    expect(deviceShows("zone.1")).toBe(1);
  });

  it("a sequence that is not as expected says at which step, and leaves the safe state", async () => {
    const { amplifier, until, all, identified, deviceShows } = await start();
    await identified();
    amplifier.run("arm");
    await until(() => all("ran").length > 0);
    expect(all("ran")[0]).toMatchObject({ sequence: "arm", outcome: "not-as-expected", step: 1 });
    await until(() => deviceShows("zone.1") === 0);
  });

  it("a sequence of a device that does not answer ends with that reason", async () => {
    const { amplifier, until, all, setFault } = await start();
    setFault("dead");
    amplifier.run("wake");
    await until(() => all("ran").length > 0);
    expect(all("ran")[0]).toMatchObject({ sequence: "wake", outcome: "timeout", step: 0 });
  });

  it("what was on for as long as it may is switched off, once, and stays off", async () => {
    const { amplifier, until, all, written, deviceShows } = await start();
    amplifier.write("amplifier.mute", 1);
    const [on] = await written(1);
    await until(() => all("lease-ended").length > 0);
    const [ended] = all("lease-ended");
    expect(ended?.capability).toBe("amplifier.mute");
    expect((ended?.at ?? 0) - (on?.at ?? 0)).toBeGreaterThanOrEqual(leaseMs - leaseSlackMs);
    expect(deviceShows("amplifier.mute")).toBe(0);
    amplifier.write("zone.1", 1);
    await written(2);
    expect(all("lease-ended")).toHaveLength(1);
  });

  it("of several values for a point that must rest between writes only the newest is sent", async () => {
    const { amplifier, written, deviceShows } = await start();
    amplifier.write("zone.2", 1);
    const [first] = await written(1);
    for (const value of [0, 1, 0]) amplifier.write("zone.2", value);
    amplifier.write("zone.1", 1);
    const reports = await written(3);
    expect(reports.map(({ capability, value }) => [capability, value])).toEqual([
      ["zone.2", 1],
      ["zone.1", 1],
      ["zone.2", 0],
    ]);
    // Between what was sent; what is told comes a read-back later each time.
    expect((reports[2]?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(intervalMs / 2);
    expect(deviceShows("zone.2")).toBe(0);
  });
}
