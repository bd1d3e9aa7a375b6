import { createPlanCompiler } from "@loa/controller/domain/plan-compiler.ts";
import type { ClusterInput, PlanTables } from "@loa/controller/domain/plan-tables.ts";
import { occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { manifest } from "@loa/shared/broadcast/content.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { BulletinId, ProgrammeId, RelayId, ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, type LocalTime, plus, toInstant } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import {
  clip,
  clusterIn,
  commune,
  groupIn,
  hash,
  other,
  province,
  scheduleInput,
  tablesOf,
  today,
} from "../../support/plan-tables.ts";

const vov: RelaySource = {
  kind: "stream",
  id: "vov" as RelayId,
  title: "VOV1",
  url: "https://vov.example/live.m3u8",
  hosts: [],
  isPrivate: false,
  fixedDelayMs: null,
  gainDb: 0,
};
const fm: RelaySource = { kind: "input", id: "fm" as RelayId, title: "FM", input: "fm", gainDb: 3 };

/** A programme of ten minutes of a relay after the bulletin. */
const withRelay = (relay: RelaySource): PlanTables["programmes"] =>
  new Map([
    [
      "news" as ProgrammeId,
      [
        { bulletin: "first" as BulletinId, end: "soft" },
        { relay: relay.id, durationMs: 600_000, end: "hard" },
      ],
    ],
  ]);
const relays = new Map([vov, fm].map((one) => [one.id, one]));

test("a plan names the relays that its schedules use, and no others", () => {
  const group = groupIn(commune, tablesOf({ programmes: withRelay(vov), relays }));
  expect(group.relays).toEqual([vov]);
  expect(group.schedules[0]?.items).toEqual([
    { kind: "clip", sha256: clip.sha256, durationMs: 60_000, end: "soft" },
    { kind: "relay", relay: "vov", durationMs: 600_000, end: "hard" },
  ]);
  expect(groupIn(commune, tablesOf({ relays })).relays).toEqual([]);
});

test("a schedule whose relay was withdrawn is named, and is in no plan", () => {
  const tables = tablesOf({ programmes: withRelay(vov), relays: new Map([[fm.id, fm]]) });
  expect(createPlanCompiler(tables, today, hash).broken).toEqual(["morning"]);
});

test("more relays than a box can know are refused by name", () => {
  const many = Array.from({ length: 17 }, (_, index) => ({ ...fm, id: `relay-${index}` as RelayId }));
  const programmes = new Map(
    many.map((one) => [
      `of-${one.id}` as ProgrammeId,
      [{ relay: one.id, durationMs: 1_000, end: "hard" as const }],
    ]),
  );
  const schedules = many.map((one) =>
    scheduleInput({ id: `s-${one.id}`, programmeId: `of-${one.id}` as ProgrammeId }),
  );
  const tables = tablesOf({ programmes, schedules, relays: new Map(many.map((one) => [one.id, one])) });
  expect(createPlanCompiler(tables, today, hash).groupOf(clusterIn(commune))).toEqual({
    ok: false,
    error: { kind: "too-many-relays", areaId: commune, count: 17, limit: 16 },
  });
});

test("the nearest area that says something decides how loud a cluster is, and its own correction moves all of it", () => {
  const night = { from: "22:00:00" as LocalTime, to: "05:00:00" as LocalTime };
  const loud = { gainDb: 0, byHour: [{ span: night, gainDb: -18 }], capDb: 3, emergencyDb: 6 };
  const settings = new Map([
    [province, { volume: loud, filler: null }],
    [commune, { volume: null, filler: null }],
  ]);
  const compiler = createPlanCompiler(tablesOf({ settings }), today, hash);
  const volumeAt = (gainDb: number) => {
    const group = compiler.groupOf(clusterIn(commune, { gainDb }));
    return group.ok ? group.value.volume : null;
  };
  expect(volumeAt(0)).toEqual(loud);
  expect(volumeAt(-4.5)).toEqual({
    gainDb: -4.5,
    byHour: [{ span: night, gainDb: -22.5 }],
    capDb: -1.5,
    emergencyDb: 1.5,
  });
  expect(volumeAt(20)).toMatchObject({ gainDb: 20, emergencyDb: 20 });
  // Boxes take no plan that makes an emergency inaudible.
  expect(volumeAt(-60)).toMatchObject({ gainDb: -60, emergencyDb: -20 });
  const nearer = new Map([
    ...settings,
    [commune, { volume: { ...loud, gainDb: -9 }, filler: null }] as const,
  ]);
  expect(groupIn(commune, tablesOf({ settings: nearer })).volume.gainDb).toBe(-9);
  expect(groupIn(other, tablesOf({ settings: nearer })).volume.gainDb).toBe(0);
});

test("the filler of an area is in its manifest, and in no plan when its bulletin is gone", () => {
  const music = { ...clip, sha256: "f".repeat(64) as Sha256 };
  const filler = "music" as BulletinId;
  const settings = new Map([[province, { volume: null, filler }]]);
  const clips = new Map([
    ["first" as BulletinId, clip],
    [filler, music],
  ]);
  const group = groupIn(commune, tablesOf({ settings, clips }));
  expect(group.filler).toBe(music.sha256);
  expect(manifest.parse(JSON.parse(group.manifest.text)).clips).toEqual([clip, music]);
  const gone = groupIn(commune, tablesOf({ settings }));
  expect(gone.filler).toBeNull();
  expect(manifest.parse(JSON.parse(gone.manifest.text)).clips).toEqual([clip]);
});

test("clusters speak one after the other where the schedule says so, each when the one before is through", () => {
  const schedules = [
    scheduleInput({ id: "together" }),
    scheduleInput({ id: "turns", turns: true, chime: true }),
  ];
  const compiler = createPlanCompiler(tablesOf({ schedules }), today, hash);
  const startsAt = (turn: number) => {
    const group = compiler.groupOf(clusterIn(commune, { turn }));
    if (!group.ok) throw new Error(group.error.kind);
    const day = toInstant(today, "00:00:00" as LocalTime);
    const due = occurrencesBetween(group.value.schedules, day, plus(day, DAY_MS));
    return new Map(due.map((one) => [one.scheduleId, one]));
  };
  const turns = [0, 1, 2].map((turn) => startsAt(turn));
  const together = turns.map((one) => one.get("together" as ScheduleId)?.at);
  expect(new Set(together).size).toBe(1);
  const speaking = turns.map((one) => one.get("turns" as ScheduleId));
  for (const [index, one] of speaking.entries()) {
    const before = speaking[index - 1];
    if (before === undefined || one === undefined) continue;
    expect(one.at).toBeGreaterThanOrEqual(before.endsAt);
    expect(one.at - before.endsAt).toBeLessThanOrEqual(5_000);
    expect(one.id).toBe(before.id);
  }
});

test("a cluster's turn and delay are asked of its box only where they count", () => {
  const hashOf = (tables: PlanTables, changed: Partial<ClusterInput>) => {
    const group = createPlanCompiler(tables, today, hash).groupOf(clusterIn(commune, changed));
    return group.ok ? group.value.sha256 : "";
  };
  const plain = tablesOf();
  expect(hashOf(plain, { turn: 3 })).toBe(hashOf(plain, {}));
  expect(hashOf(plain, { alignDelayMs: 40 })).not.toBe(hashOf(plain, {}));
  const turning = tablesOf({ schedules: [scheduleInput({ turns: true })] });
  expect(hashOf(turning, { turn: 3 })).not.toBe(hashOf(turning, {}));
});
