import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";
import { relayItem, relayOf } from "../support/plans.ts";

const vov = relayOf("vov");

/** Ten minutes of another station at five, with or without something that stands in for it. */
async function worldWithRelay(hasFiller = true) {
  const world = await boxWorld({ beginsAt: "04:50:00" });
  const filler = world.addClip("filler", 2 * MINUTE_MS);
  const urgent = world.addClip("urgent", MINUTE_MS);
  world.sendPlan(
    1,
    [
      daily("tiep-am", ["05:00:00"], [relayItem(vov, 10 * MINUTE_MS)]),
      daily("gap", ["05:30:00"], [urgent], { class: "priority" }),
    ],
    [filler, urgent],
    { relays: [vov], filler: hasFiller ? filler.sha256 : null },
  );
  return { world, filler, urgent };
}

describe("a relay", () => {
  test("is heard from its planned second to its planned second, and what it cost is told", async () => {
    const { world } = await worldWithRelay();
    await world.until(world.at("05:20:00"));
    const [relay, ...others] = world.sounds();
    expect(others).toEqual([]);
    expect(Math.abs((relay?.from ?? 0) - world.at("05:00:00"))).toBeLessThan(60);
    expect(Math.abs((relay?.to ?? 0) - world.at("05:10:00"))).toBeLessThan(60);
    expect(world.asRun()[0]?.receivedBytes).toBeGreaterThan(4_000_000);
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard"]);
  });

  test("pre-empted goes on unheard and is heard again at its live edge, still up to its end", async () => {
    const { world } = await worldWithRelay();
    await world.until(world.at("05:03:00"));
    world.raise();
    await world.until(world.at("05:20:00"));
    expect(world.sounds().map((one) => one.what)).toEqual(["relay", "siren", "notice", "relay"]);
    const ids = world.box.loudspeaker.stretches.flatMap((one) =>
      one.source.kind === "relay" ? [one.soundId] : [],
    );
    expect(new Set(ids).size).toBe(1);
    expect(Math.abs((world.sounds().at(-1)?.to ?? 0) - world.at("05:10:00"))).toBeLessThan(60);
  });

  test("that is lost gives way to the filler until it is back; the fault says since when, the receipt what was lost", async () => {
    const { world, filler } = await worldWithRelay();
    await world.until(world.at("05:03:00"));
    world.box.loudspeaker.setRelaysLost(true);
    await world.until(world.at("05:03:30"));
    expect(world.faults()).toContain("relay-lost");
    await world.until(world.at("05:06:00"));
    world.box.loudspeaker.setRelaysLost(false);
    await world.until(world.at("05:20:00"));
    expect(world.sounds().map((one) => one.what)).toEqual([
      "relay",
      filler.sha256,
      // It is played again as long as it is needed.
      filler.sha256,
      "relay",
    ]);
    const [, first, , back] = world.sounds();
    expect((first?.from ?? 0) - world.at("05:03:00")).toBeLessThan(500);
    expect(Math.abs((back?.from ?? 0) - world.at("05:06:00"))).toBeLessThan(60);
    // The filler fades out under it.
    expect((world.sounds()[2]?.to ?? 0) - world.at("05:06:00")).toBeLessThan(1_500);
    expect(world.faults()).not.toContain("relay-lost");
    const [receipt] = world.receipts();
    expect([receipt?.verdict, receipt?.cause]).toEqual(["partial", "relay-failed"]);
    expect(Math.abs((receipt?.evidence.playedMs ?? 0) - 7 * MINUTE_MS)).toBeLessThan(2 * SECOND_MS);
    expect(world.asRun().filter((one) => one.isFiller)).toHaveLength(2);
  });

  test("that is lost: what stands in for it gives way to an alarm at once, and comes back after it", async () => {
    const { world, filler } = await worldWithRelay();
    await world.until(world.at("05:03:00"));
    world.box.loudspeaker.setRelaysLost(true);
    await world.until(world.at("05:03:30"));
    world.raise();
    await world.until(world.at("05:05:00"));
    const [, first, siren, notice, again] = world.sounds();
    expect([first?.what, siren?.what, notice?.what, again?.what]).toEqual([
      filler.sha256,
      "siren",
      "notice",
      filler.sha256,
    ]);
    expect((first?.to ?? 0) - (siren?.from ?? 0)).toBeLessThan(100);
  });

  test("that is lost without a filler is silence and a fault: nothing is heard that is not planned", async () => {
    const { world } = await worldWithRelay(false);
    await world.until(world.at("05:03:00"));
    world.box.loudspeaker.setRelaysLost(true);
    await world.until(world.at("05:20:00"));
    expect(world.sounds().map((one) => one.what)).toEqual(["relay"]);
    expect(world.receipts()[0]?.cause).toBe("relay-failed");
  });

  test("that was never there is the filler up to its planned end, and missed", async () => {
    const { world, filler } = await worldWithRelay();
    world.box.loudspeaker.failure = "relay-unavailable";
    await world.until(world.at("05:01:00"));
    expect(world.faults()).toContain("relay-lost");
    world.box.loudspeaker.failure = null;
    await world.until(world.at("05:20:00"));
    const sounds = world.sounds();
    expect(sounds.map((one) => one.what)).toContain("relay");
    expect(sounds.every((one) => one.what === "relay" || one.what === filler.sha256)).toBe(true);
    expect(sounds.at(-1)?.to).toBeLessThan(world.at("05:10:01"));
  });
});
