import type { PointValue } from "@loa/shared/device/capability.ts";
import type { TextPoint } from "@loa/shared/device/profile-text.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectTrue } from "../support/text-truth.ts";
import { startVirtualText, textIds, truth, type VirtualTextWorld } from "../support/text-world.ts";

/** Every text profile of the shelf: the real conversation against the virtual device, byte by byte. */

async function start(id: string, seed = 1): Promise<VirtualTextWorld> {
  const world = await startVirtualText(id, seed);
  onTestFinished(() => world.close());
  return world;
}

async function startKnown(id: string, seed = 1): Promise<VirtualTextWorld> {
  const world = await start(id, seed);
  expect(await world.answer(world.conversation.identify("usual"))).toEqual({ ok: true, value: undefined });
  return world;
}

async function readAll({ conversation, answer }: VirtualTextWorld): Promise<readonly PointValue[]> {
  const values: PointValue[] = [];
  for (const block of conversation.blocks) {
    const read = await answer(conversation.read(block, "poll"));
    if (!read.ok) throw new Error(`${block.capabilities}: ${read.error}`);
    values.push(...read.value);
  }
  return values;
}

function writable({ profile }: VirtualTextWorld): readonly (TextPoint & { write: object })[] {
  return profile.points.filter((point): point is TextPoint & { write: object } => point.write !== undefined);
}

describe.each(textIds)("%s", (id) => {
  it("is known by its identify, and every point reads what the device shows", async () => {
    const world = await startKnown(id);
    world.device.set("amplifier.power", 1);
    const values = await readAll(world);
    const asked = world.profile.points.filter(({ ask }) => ask !== undefined);
    expect(values.map(({ capability }) => capability).sort()).toEqual(
      asked.map(({ capability }) => capability).sort(),
    );
    for (const value of values) expectTrue(world, value);
  });

  it("obeys every write from one end to the other, and reads back what was written", async () => {
    const world = await startKnown(id);
    const { conversation, answer } = world;
    for (const point of writable(world))
      for (const value of [point.write?.max ?? 0, point.write?.min ?? 0]) {
        expect(await answer(conversation.send(point.capability, value))).toEqual({
          ok: true,
          value: undefined,
        });
        const found = await answer(conversation.readPoint(point.capability, "write"));
        expect(found, `${point.capability} = ${value}`).toMatchObject({ ok: true });
        if (found.ok) expectTrue(world, found.value);
        expect(truth(world.device, point.capability)).toBeCloseTo(value, 6);
      }
  });

  it("a value beyond the limits is not even sent", async () => {
    const world = await startKnown(id);
    for (const { capability, write } of writable(world)) {
      const before = truth(world.device, capability);
      const sent = await world.answer(world.conversation.send(capability, (write?.max ?? 0) + 1));
      expect(sent).toEqual({ ok: false, error: "not-supported" });
      expect(truth(world.device, capability)).toBe(before);
    }
  });

  it("another product, and another firmware, are not identified", async () => {
    for (const fault of ["wrong-identity", "other-firmware"] as const) {
      const world = await start(id);
      world.device.setFault(fault);
      expect(await world.answer(world.conversation.identify("usual"))).toEqual({
        ok: false,
        error: "wrong-identity",
      });
    }
  });

  it("a dead device is a timeout, and is known again when it answers", async () => {
    const world = await startKnown(id);
    const { conversation, answer, device } = world;
    device.setFault("dead");
    const [block] = conversation.blocks;
    if (block === undefined) throw new Error("nothing to read");
    expect(await answer(conversation.read(block, "poll"))).toEqual({ ok: false, error: "timeout" });
    expect(await answer(conversation.identify("one-try"))).toEqual({ ok: false, error: "timeout" });
    device.setFault(null);
    expect((await answer(conversation.identify("one-try"))).ok).toBe(true);
    for (const value of await readAll(world)) expectTrue(world, value);
  });

  it("a slow device is waited for", async () => {
    const world = await startKnown(id);
    world.device.setFault("slow");
    for (const value of await readAll(world)) expectTrue(world, value);
  });

  it("late lines are never taken for another answer", async () => {
    const world = await startKnown(id);
    const { conversation, answer, device } = world;
    device.setFault("late-replies");
    for (let round = 0; round < 10; round++)
      for (const block of conversation.blocks)
        expect(await answer(conversation.read(block, "poll"))).toMatchObject({ ok: false });
    device.setFault(null);
    expect((await answer(conversation.identify("usual"))).ok).toBe(true);
    for (const value of await readAll(world)) expectTrue(world, value);
  });

  it("half lines cost a value, never make one", async () => {
    const world = await startKnown(id);
    world.device.setFault("half-frames");
    let good = 0;
    for (let round = 0; round < 20; round++)
      for (const block of world.conversation.blocks) {
        const read = await world.answer(world.conversation.read(block, "poll"));
        for (const value of read.ok ? read.value : [])
          if (value.quality === "good") {
            expectTrue(world, value);
            good += 1;
          }
      }
    expect(good).toBeGreaterThan(20);
  });

  it("a device that was off in between is greeted again", async () => {
    const world = await startKnown(id);
    world.far.reboot();
    const [block] = world.conversation.blocks;
    if (block === undefined) throw new Error("nothing to read");
    const read = await world.answer(world.conversation.read(block, "poll"));
    if (!read.ok) expect((await world.answer(world.conversation.identify("usual"))).ok).toBe(true);
    for (const value of await readAll(world)) expectTrue(world, value);
  });

  it("a pulled plug is `closed`, and the line opens again when it is in", async () => {
    const world = await startKnown(id);
    const { conversation, answer, pipe, time } = world;
    const [block] = conversation.blocks;
    if (block === undefined) throw new Error("nothing to read");
    pipe.pull();
    expect(await answer(conversation.read(block, "poll"))).toEqual({ ok: false, error: "closed" });
    pipe.plugIn();
    await pipe.ends[1].open();
    await time.advance(1_100);
    expect((await answer(conversation.identify("usual"))).ok).toBe(true);
    for (const value of await readAll(world)) expectTrue(world, value);
  });
});

it("an amplifier whose only word for a short is its overload says it", async () => {
  const world = await startKnown("extron-netpa-ultra");
  const { conversation, answer, device } = world;
  const overload = async () => {
    const read = await answer(conversation.readPoint("amplifier.fault.overload", "poll"));
    return read.ok && read.value.quality === "good" ? read.value.value : null;
  };
  device.set("amplifier.power", 1);
  expect(await overload()).toBe(0);
  device.setFault("line-short");
  expect(await overload()).toBe(1);
});
