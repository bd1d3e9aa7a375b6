import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { injectFaults } from "@loa/simulator/virtual/inject.ts";
import { A_MONDAY, createVirtualWorld } from "@loa/simulator/virtual/virtual-world.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import { expect, test } from "vitest";

test("faults of one amplifier that overlap are there side by side, and each ends by itself", async () => {
  const world = await createVirtualWorld({ seed: "overlap", boxes: 3, beginsAt: A_MONDAY });
  const [machine, neighbour] = world.boxes.map((one) => one.machine);
  if (machine === undefined || neighbour === undefined) throw new Error("three boxes were wanted");
  const begin = world.time.now() + MINUTE_MS;
  const fault = (box: BoxId, name: DeviceFault, fromMin: number, toMin: number) => {
    const span = { at: begin + fromMin * MINUTE_MS, forMs: (toMin - fromMin) * MINUTE_MS };
    return { ...span, kind: "amplifier", box, fault: name } as const;
  };
  const boxOf = ({ box }: { readonly box: BoxId }) => (box === machine.id ? machine : neighbour);
  injectFaults({ ...world, boxOf }, [
    fault(machine.id, "door-open", 0, 4),
    fault(machine.id, "mains-lost", 2, 6),
    fault(machine.id, "mains-lost", 3, 8),
    fault(neighbour.id, "slow", 1, 3),
  ]);
  const seen: (readonly DeviceFault[])[] = [];
  for (const minute of [1, 3.5, 5, 7, 9]) {
    await world.time.runUntil(begin + minute * MINUTE_MS + 1);
    seen.push(machine.amplifier.snapshot().faults);
  }
  expect(seen).toEqual([["door-open"], ["door-open", "mains-lost"], ["mains-lost"], ["mains-lost"], []]);
  expect(neighbour.amplifier.snapshot().faults).toEqual([]);
});
