import type { PointValue } from "@loa/shared/device/capability.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectTrue } from "../support/text-truth.ts";
import {
  type RealPlace,
  startRealText,
  type TextWorld,
  textIds,
  textProfile,
  truth,
} from "../support/text-world.ts";

/** The same conversation over real lines: a pty, TCP, UDP. Fewer promises, as time is real here. */

const placeOf = { "text-serial": "pty", "text-tcp": "tcp", "text-udp": "udp" } as const;
const places: readonly { readonly id: string; readonly place: RealPlace }[] = [
  ...textIds.map((id) => ({ id, place: placeOf[textProfile(id).transport.kind] })),
  // A serial line behind a gateway.
  { id: "loa-reference-text-amplifier", place: "tcp" },
];
const testLimitMs = 30_000;

async function readAll({ conversation }: TextWorld): Promise<readonly PointValue[]> {
  const values: PointValue[] = [];
  for (const block of conversation.blocks) {
    const read = await conversation.read(block, "poll");
    if (read.ok) values.push(...read.value);
  }
  return values;
}

describe.each(places)("$id over $place", ({ id, place }) => {
  const start = async () => {
    const world = await startRealText(id, place);
    onTestFinished(() => world.close());
    return world;
  };

  it(
    "is identified, read, written and read back",
    async () => {
      const { conversation, device, profile, ...world } = await start();
      expect(await conversation.identify("usual")).toEqual({ ok: true, value: undefined });
      const values = await readAll({ conversation, device, profile, ...world });
      expect(values).toHaveLength(profile.points.filter(({ ask }) => ask !== undefined).length);
      expect(values.filter(({ quality }) => quality !== "good")).toEqual([]);
      for (const value of [1, 0]) {
        expect(await conversation.send("amplifier.power", value)).toMatchObject({ ok: true });
        expect(await conversation.readPoint("amplifier.power", "write")).toMatchObject({ value: { value } });
        expect(truth(device, "amplifier.power")).toBe(value);
      }
    },
    testLimitMs,
  );

  it(
    "late lines give no wrong value, and a device that was off in between is found again",
    async () => {
      const world = await start();
      const { conversation, device, far } = world;
      await conversation.identify("usual");
      device.setFault("late-replies");
      for (const block of conversation.blocks.slice(0, 3)) {
        // A machine that stands still may be so late that the second try hears the answer to the first.
        const read = await conversation.read(block, "poll");
        for (const value of read.ok ? read.value : []) expectTrue(world, value);
      }
      device.setFault(null);
      far.reboot();
      expect(await conversation.identify("usual")).toEqual({ ok: true, value: undefined });
      expect(await conversation.readPoint("amplifier.power", "poll")).toMatchObject({
        value: { quality: "good", value: truth(device, "amplifier.power") },
      });
    },
    testLimitMs,
  );
});
