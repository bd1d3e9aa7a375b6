import { type Instant, instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import { presence } from "@loa/shared/wire/uplink.ts";
import { expect, test } from "vitest";
import { boxWorld } from "../support/box-world.ts";
import { approved, type RosterWorld, rosterWorld } from "../support/roster-world.ts";

/** The last instant that a `Date` can be (ECMA-262, 21.4.1.1): a millisecond later there is none. */
const LAST = 8.64e15 as Instant;

/** What the controller's key can sign, with a time that no calendar has. */
const hostile: readonly [what: string, send: (world: RosterWorld) => void][] = [
  [
    "an approved emergency that begins then",
    (world) => {
      const order = world.orderOf();
      const emergency = { ...emergencyFrom(order, LAST), expiresAt: LAST };
      world.room.command("emergency", { emergency, order: approved(order, ["hai", "ba"]) }, MINUTE_MS);
    },
  ],
  ["a STOP of then", (world) => world.room.command("stop", { at: LAST }, MINUTE_MS)],
  [
    "a correction of then",
    (world) => {
      world.room.command("cancel", { emergency: "lu-quet", correctedAt: LAST }, MINUTE_MS);
    },
  ],
  [
    "a cancellation that was sealed then",
    (world) => {
      world.room.command("cancel", { emergency: "lu-quet" }, MINUTE_MS, { issuedAt: LAST });
    },
  ],
];

test.each(hostile)("%s harms no box: the next emergency is said", async (_, send) => {
  const world = await rosterWorld();
  send(world);
  await world.soon();
  world.box.cutPower();
  world.box.boot();
  await world.soon(2 * MINUTE_MS);
  world.raiseApproved({ id: "bao" as never });
  await world.soon(MINUTE_MS);
  expect(world.names()).toEqual(["siren", "notice"]);
});

test("signed time of then is none", async () => {
  const world = await boxWorld({ hasBatteryClock: false });
  world.box.troubles.areTimeServersSilent = true;
  world.room.answersTime.value = false;
  world.box.cutPower();
  world.room.broker.onMessage(({ topic, payload }) => {
    if (!topic.endsWith("/presence")) return;
    const { online, nonce } = presence.parse(JSON.parse(payload));
    if (online) world.room.command("time", { nonce, at: LAST }, MINUTE_MS);
  });
  world.box.boot();
  await world.until(plus(world.time.instant(), 5 * MINUTE_MS));
  world.raise();
  await world.until(plus(world.time.instant(), MINUTE_MS));
  expect(world.sounds().map(({ what }) => what)).toEqual(["siren", "notice"]);
});

test("an emergency of then is refused where the control room is believed alone", async () => {
  const world = await boxWorld();
  await world.until(plus(world.time.instant(), MINUTE_MS));
  const emergency = { id: "lu-quet", severity: "actual", headline: "Lũ quét", at: LAST, expiresAt: LAST };
  const sound = { sirenMs: 8_000, notice: null, times: 1, gapMs: 0 };
  world.room.command("emergency", { emergency: { ...emergency, ...sound } }, MINUTE_MS);
  await world.until(plus(world.time.instant(), MINUTE_MS));
  world.box.cutPower();
  world.box.boot();
  await world.until(plus(world.time.instant(), 2 * MINUTE_MS));
  world.raise({ id: "bao" as never });
  await world.until(plus(world.time.instant(), MINUTE_MS));
  expect(world.sounds().map(({ what }) => what)).toEqual(["siren", "notice"]);
});

test("an instant has four digits of a year", () => {
  expect(instant.safeParse(Date.UTC(9999, 11, 1)).success).toBe(false);
  expect(instant.safeParse(Date.UTC(2200, 0, 1)).success).toBe(true);
});
