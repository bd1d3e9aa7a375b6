import { PATH_TEST_VALID_MS } from "@loa/controller/path-test.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { opened } from "../support/box-puppet.ts";
import { createHeartWorld, type HeartWorld, operator, province } from "../support/heart-world.ts";
import { rosterWorld } from "../support/roster-world.ts";

let world: HeartWorld;
beforeEach(async () => {
  world = await createHeartWorld({ withPathTests: true });
});
afterEach(() => world.close());

const tests = () =>
  world.broker.sent
    .filter(({ topic }) => topic === areaTopic(province))
    .map(({ payload }) => opened(payload, world.broker))
    .filter(({ kind }) => kind === "test");

const acts = () =>
  world.rows(
    "select act, json_extract(detail, '$.passed') as passed from audit where act like 'path-test.%'",
  );

test("once a week the way of emergencies is tried to every box, and who did not answer is told", async () => {
  const passes = await world.addBox("box-1");
  await world.addBox("box-2");
  await world.time.advance(6 * MINUTE_MS);
  const [sent] = tests();
  expect(sent).toMatchObject({ kind: "test", body: {}, audience: { area: province } });
  passes.ack(sent?.id ?? "");
  await world.time.advance(PATH_TEST_VALID_MS + 2 * MINUTE_MS);
  expect(await acts()).toEqual([
    { act: "path-test.sent", passed: null },
    { act: "path-test.judged", passed: 1 },
  ]);
  await world.time.advance(6 * DAY_MS);
  expect(tests()).toHaveLength(1);
  await world.time.advance(2 * DAY_MS);
  expect(tests()).toHaveLength(2);
});

test("somebody may ask for one at any time", async () => {
  await world.addBox("box-1");
  await world.heart().changes.testPath(province, operator);
  await world.time.advance(SECOND_MS);
  expect(tests()).toHaveLength(1);
});

test("a box answers it like an emergency, nobody whom it does not know, and makes no sound", async () => {
  const world = await rosterWorld();
  world.room.command("test", {}, MINUTE_MS);
  await world.soon();
  expect(world.answer()).toBe("accepted");
  const answered = world.room.acks.length;
  world.room.command("test", {}, MINUTE_MS, { issuer: "stranger" });
  await world.soon();
  expect(world.room.acks).toHaveLength(answered);
  expect(world.sounds()).toEqual([]);
});
