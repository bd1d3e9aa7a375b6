import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { boxWorld, daily } from "../support/box-world.ts";

test("stop-all-silences-what-is-on-air-and-later-plays-sound", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 10 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00", "06:00:00"], [clip])], [clip]);
  await world.until(world.at("05:03:00"));
  world.room.command("stop", { at: world.at("05:03:00") }, HOUR_MS);
  await world.until(world.at("06:30:00"));
  const [stopped, later, ...others] = world.heard();
  expect(others).toEqual([]);
  expect(stopped?.to).toBeLessThanOrEqual(plus(world.at("05:03:00"), 3 * SECOND_MS));
  expect((later?.to ?? 0) - (later?.from ?? 0)).toBe(10 * MINUTE_MS);
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
    ["partial", "stopped"],
    ["heard", null],
  ]);
  expect(world.room.acks.every(({ state }) => state === "accepted")).toBe(true);
});

test("a-withdrawn-schedule-stops", async () => {
  const world = await boxWorld();
  const clip = world.addClip("news", 10 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00", "06:00:00"], [clip])], [clip]);
  await world.until(world.at("05:03:00"));
  world.sendPlan(2, [], []);
  await world.until(world.at("07:00:00"));
  const [stopped, ...others] = world.heard();
  expect(others).toEqual([]);
  expect(stopped?.to).toBeLessThanOrEqual(plus(world.at("05:03:00"), 3 * SECOND_MS));
  expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([["partial", "withdrawn"]]);
});

test("a priority bulletin takes the air and the other one goes on where it was", async () => {
  const world = await boxWorld();
  const news = world.addClip("news", 10 * MINUTE_MS);
  const warning = world.addClip("warning", MINUTE_MS);
  world.sendPlan(
    1,
    [daily("sang", ["05:00:00"], [news]), daily("uu-tien", ["05:02:00"], [warning], { class: "priority" })],
    [news, warning],
  );
  await world.until(world.at("05:30:00"));
  const [first, priority, rest] = world.heard();
  expect(priority?.clip).toBe(warning.sha256);
  const playedMs = (first?.to ?? 0) - (first?.from ?? 0);
  expect(Math.abs((rest?.offsetMs ?? 0) - playedMs)).toBeLessThan(500);
  expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard", "heard"]);
});
