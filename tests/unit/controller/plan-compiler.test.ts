import {
  bodySha256Of,
  createPlanCompiler,
  MAX_PLANNED_SCHEDULES,
  planOf,
  utf8Length,
} from "@loa/controller/domain/plan-compiler.ts";
import type { ClusterInput, PlanTables } from "@loa/controller/domain/plan-tables.ts";
import { clipOf } from "@loa/shared/broadcast/air-item.ts";
import { NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import { manifest } from "@loa/shared/broadcast/content.ts";
import { MAX_PLAN_BYTES, plan } from "@loa/shared/broadcast/plan.ts";
import type { AreaId, BoxId, BulletinId, ClusterId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant, type LocalDate, type LocalTime } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { MAX_ENVELOPE_BYTES, seal } from "@loa/shared/wire/envelope.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
import { anyRecurrence, recurrenceOf } from "../../support/schedules.ts";

const box = "box-1" as BoxId;

const titlesIn = (area: AreaId, tables: PlanTables, date = today) =>
  groupIn(area, tables, date).schedules.map((one) => one.id);

test("a box gets the schedules of its own area and of all above it, and no others", () => {
  const schedules = [
    scheduleInput({ id: "of-commune" }),
    scheduleInput({ id: "of-province", areas: [province] }),
    scheduleInput({ id: "of-both", areas: [province, commune] }),
    scheduleInput({ id: "of-other", areas: [other] }),
  ];
  expect(titlesIn(commune, tablesOf({ schedules }))).toEqual(["of-both", "of-commune", "of-province"]);
  expect(titlesIn(province, tablesOf({ schedules }))).toEqual(["of-both", "of-province"]);
});

test("withdrawn, unconfirmed, emergency and ended schedules are left out", () => {
  const ended = recurrenceOf({ from: "2026-01-01" as LocalDate, to: "2026-11-20" as LocalDate });
  const schedules = [
    scheduleInput({ id: "withdrawn", standing: "withdrawn" }),
    scheduleInput({ id: "waiting", standing: "waiting" }),
    scheduleInput({ id: "emergency", class: "emergency" }),
    scheduleInput({ id: "ended", recurrence: ended }),
    scheduleInput({ id: "in-force" }),
  ];
  expect(titlesIn(commune, tablesOf({ schedules }))).toEqual(["in-force"]);
});

test("a schedule stays in the plan while its last day can still sound", () => {
  const recurrence = recurrenceOf({
    times: ["23:00:00" as LocalTime],
    to: "2026-11-20" as LocalDate,
    repeat: { times: 5, everyMs: 12 * 3_600_000 },
  });
  const tables = tablesOf({ schedules: [scheduleInput({ recurrence })] });
  expect(titlesIn(commune, tables, "2026-11-23" as LocalDate)).toEqual(["morning"]);
  expect(titlesIn(commune, tables, "2026-11-25" as LocalDate)).toEqual([]);
});

test("the strictest rules of the area and all above bind the box", () => {
  const rules = new Map([
    [province, { ...NO_RULES, maxSessionsPerDay: 4 }],
    [commune, { ...NO_RULES, maxSessionsPerDay: 9, maxSessionMs: 900_000 }],
  ]);
  expect(groupIn(commune, tablesOf({ rules })).rules).toMatchObject({
    maxSessionsPerDay: 4,
    maxSessionMs: 900_000,
  });
});

test("a schedule without its content is named, and is in no plan", () => {
  const tables = tablesOf({ clips: new Map() });
  expect(createPlanCompiler(tables, today, hash).broken).toEqual(["morning"]);
  expect(titlesIn(commune, tables)).toEqual([]);
});

test("the manifest names each clip once and is named by the hash of its bytes", () => {
  const schedules = [scheduleInput({ id: "a" }), scheduleInput({ id: "b" })];
  const { manifest: text } = groupIn(commune, tablesOf({ schedules }));
  expect(manifest.parse(JSON.parse(text.text)).clips).toEqual([clip]);
  expect(text.sha256).toBe(hash(text.text));
});

test("a cluster whose area is not in the tree of the day has no plan, by name", () => {
  const group = createPlanCompiler(tablesOf(), "2019-12-31" as LocalDate, hash).groupOf(clusterIn(commune));
  expect(group).toEqual({ ok: false, error: { kind: "no-area", areaId: commune } });
});

test("a plan that no signed message can carry is refused by name", () => {
  const recurrence = recurrenceOf({
    times: Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00:00` as LocalTime),
  });
  const many = (count: number) =>
    Array.from({ length: count }, (_, number) => scheduleInput({ id: `s-${number}`, recurrence }));
  const groupOf = (count: number) =>
    createPlanCompiler(tablesOf({ schedules: many(count) }), today, hash).groupOf(clusterIn(commune));
  expect(groupOf(10).ok).toBe(true);
  expect(groupOf(100)).toMatchObject({ ok: false, error: { kind: "plan-too-large", limit: MAX_PLAN_BYTES } });
  expect(groupOf(MAX_PLANNED_SCHEDULES + 1)).toMatchObject({
    ok: false,
    error: { kind: "too-many-schedules", count: MAX_PLANNED_SCHEDULES + 1 },
  });
});

test("the largest plan that is allowed fits into its signed message", () => {
  const keys = newKeyPair();
  const filler = "ệ".repeat(Math.floor((MAX_PLAN_BYTES - 20) / 3));
  const at = asInstant(Date.UTC(2026, 10, 23));
  const issuer = "i".repeat(64);
  const contents = {
    v: 1 as const,
    id: newCommandId(at, nodeRandom),
    kind: "plan" as const,
    audience: { box: "b".repeat(64) as BoxId },
    issuer,
    sequence: Number.MAX_SAFE_INTEGER,
    issuedAt: at,
    notBefore: at,
    expiresAt: at,
    critical: [],
    body: { plan: { filler } },
  };
  expect(utf8Length(JSON.stringify({ filler }))).toBeGreaterThan(MAX_PLAN_BYTES - 32);
  const text = seal(contents, { issuer, privateKey: keys.privateKey }, nodeCrypto);
  expect(text.length).toBeLessThanOrEqual(MAX_ENVELOPE_BYTES);
});

const anySchedules = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    recurrence: anyRecurrence,
    areas: fc.uniqueArray(fc.constantFrom(province, commune, other), { minLength: 1 }),
    class: fc.constantFrom("normal" as const, "priority" as const, "emergency" as const),
    standing: fc.constantFrom("in-force" as const, "waiting" as const, "withdrawn" as const),
    order: fc.integer({ min: 0, max: 1_000 }),
  }),
  { maxLength: 8, selector: (one) => one.id },
);

test("every plan that is compiled is one that a box can read", () => {
  fc.assert(
    fc.property(anySchedules, fc.integer({ min: 1, max: 1_000_000 }), (drawn, revision) => {
      const group = groupIn(commune, tablesOf({ schedules: drawn.map((one) => scheduleInput(one)) }));
      const whole = planOf(group, box, "cluster-1" as ClusterId, revision);
      expect(plan.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
      expect(utf8Length(JSON.stringify(whole))).toBeLessThanOrEqual(MAX_PLAN_BYTES);
    }),
  );
});

test("the order in which rows are read changes no plan", () => {
  fc.assert(
    fc.property(anySchedules, (drawn) => {
      const schedules = drawn.map((one) => scheduleInput(one));
      const there = groupIn(commune, tablesOf({ schedules }));
      const back = groupIn(commune, tablesOf({ schedules: schedules.toReversed() }));
      expect(back.sha256).toBe(there.sha256);
    }),
  );
});

test("what is asked of a box has another hash when anything of it changes", () => {
  const base = tablesOf();
  const hashOf = (tables: PlanTables, changed: Partial<ClusterInput> = {}, of = box) => {
    const cluster = clusterIn(commune, changed);
    const group = createPlanCompiler(tables, today, hash).groupOf(cluster);
    return group.ok ? bodySha256Of(group.value, of, cluster.id, hash) : "";
  };
  const hashes = [
    hashOf(base),
    hashOf(base, { gainDb: -3 }),
    hashOf(base, { zones: [1, 2] }),
    hashOf(base, { id: "cluster-2" as ClusterId }),
    hashOf(base, {}, "box-2" as BoxId),
    hashOf(tablesOf({ rules: new Map([[province, { ...NO_RULES, maxSessionsPerDay: 3 }]]) })),
    hashOf(tablesOf({ schedules: [scheduleInput({ title: "Khác" })] })),
    hashOf(tablesOf({ clips: new Map([["first" as BulletinId, { ...clip, gainDb: -3 }]]) })),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashOf(base)).toBe(hashes[0]);
});

test("boxes of one area with the same settings share one group", () => {
  const compiler = createPlanCompiler(tablesOf(), today, hash);
  const one = compiler.groupOf(clusterIn(commune));
  expect(compiler.groupOf(clusterIn(commune, { id: "cluster-2" as ClusterId }))).toBe(one);
  expect(compiler.groupOf(clusterIn(commune, { gainDb: 1 }))).not.toBe(one);
});

test("bytes are counted as UTF-8 counts them", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text, "utf8"));
    }),
  );
});

test("what was approved in advance of alerts lies at every box of its areas before it is wanted, and no longer", () => {
  const said = { ...clip, sha256: "e".repeat(64) as Sha256 };
  const hashesIn = (area: AreaId, to: string) => {
    const ahead = [{ areas: [commune], clips: [said], to: asInstant(Date.parse(to)) }];
    const { manifest: made } = groupIn(area, tablesOf({ schedules: [], ahead }));
    return manifest.parse(JSON.parse(made.text)).clips.map((one) => one.sha256);
  };
  expect(hashesIn(commune, "2026-12-01T00:00:00Z")).toEqual([said.sha256]);
  expect(hashesIn(other, "2026-12-01T00:00:00Z")).toEqual([]);
  expect(hashesIn(commune, "2026-11-20T00:00:00Z")).toEqual([]);
});

describe("an area that asks for a smaller rendition", () => {
  const opus = { ...clip, sha256: "d".repeat(64) as Sha256, sizeBytes: 180_000 };
  const made = new Map([[clip.sha256, new Map([["opus-24" as const, opus]])]]);
  const schedules = [scheduleInput({ areas: [province] })];
  const hashesIn = (area: AreaId, renditions: PlanTables["renditions"]) => {
    const group = groupIn(area, tablesOf({ schedules, renditions }));
    const { clips } = manifest.parse(JSON.parse(group.manifest.text));
    const items = group.schedules.flatMap((one) => one.items.flatMap((item) => clipOf(item) ?? []));
    expect(clips.map((one) => one.sha256)).toEqual(items);
    return items;
  };

  test("gets it in plan and manifest, and its neighbours do not", () => {
    const wanted = new Map([[commune, "opus-24" as const]]);
    expect(hashesIn(commune, { wanted, made })).toEqual([opus.sha256]);
    expect(hashesIn(other, { wanted, made })).toEqual([clip.sha256]);
  });

  test("passes it down to areas that do not say else", () => {
    const wanted = new Map([
      [province, "opus-24" as const],
      [other, "mp3-64" as const],
    ]);
    expect(hashesIn(commune, { wanted, made })).toEqual([opus.sha256]);
    expect(hashesIn(other, { wanted, made })).toEqual([clip.sha256]);
  });

  test("gets the base rendition while the wanted one is not made", () => {
    const wanted = new Map([[commune, "opus-48" as const]]);
    expect(hashesIn(commune, { wanted, made })).toEqual([clip.sha256]);
  });
});
