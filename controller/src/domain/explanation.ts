import { type Occurrence, occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import {
  type AirRules,
  combineRules,
  isAllowedDay,
  touchesQuietHours,
} from "@loa/shared/broadcast/air-rules.ts";
import { lineageOf } from "@loa/shared/broadcast/area.ts";
import { MAX_PROGRAMME_MS } from "@loa/shared/broadcast/content.ts";
import { type Emergency, occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import { holderOf } from "@loa/shared/broadcast/precedence.ts";
import type { AreaId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { asInstant, type Instant, plus, toLocal } from "@loa/shared/kernel/time.ts";
import { scheduleMap, schedulesAlong } from "./draft-world.ts";
import type { ClusterInput, PlanTables } from "./plan-tables.ts";
import { atTurn } from "./planned-schedule.ts";

/** Why a box in this area plays something, or does not. */
export interface Explanation {
  /** Null when nothing is scheduled there then. */
  readonly occurrence: Occurrence | null;
  /** The area of the box and those above it, nearest first. */
  readonly lineage: readonly AreaId[];
  /** Of the whole lineage together. */
  readonly rules: AirRules;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly kind: "plays" }
  | { readonly kind: "nothing" }
  /** The rules forbid it, and no second person allowed it. */
  | { readonly kind: "refused"; readonly code: "quiet-hours" | "day-not-allowed" }
  /** Something with more right to the loudspeaker is due at the same time. */
  | { readonly kind: "waits"; readonly for: OccurrenceId; readonly title: string };

/** What is asked for: one occurrence by its name, or whatever is due at an instant. */
export type Question =
  | { readonly kind: "occurrence"; readonly id: OccurrenceId; readonly at: Instant }
  | { readonly kind: "at"; readonly at: Instant };

/** Where the box stands, and its place in the row where neighbours speak in turns. */
export type Place = Pick<ClusterInput, "areaId" | "turn">;

/** An emergency, as far as somebody may ask why it sounds. */
export interface Raised {
  readonly emergency: Emergency;
  readonly areas: readonly AreaId[];
  readonly cancelled: { readonly at: Instant } | null;
}

export function whyOnAir(
  tables: PlanTables,
  raised: readonly Raised[],
  { areaId, turn }: Place,
  question: Question,
): Explanation {
  const { date } = toLocal(question.at);
  const map = scheduleMap(tables, date);
  const lineage = lineageOf(map.tree, areaId);
  const rules = combineRules(lineage.flatMap((id) => tables.rules.get(id) ?? []));
  const schedules = schedulesAlong(map, lineage).map((one) => atTurn(one, turn));
  const emergencies = raised
    .filter((one) => one.areas.some((area) => lineage.includes(area)))
    .map((one) => untilCancelled(one));
  const at = question.kind === "at" ? question.at : startOf(question, schedules, emergencies);
  const around = occurrencesBetween(schedules, plus(at, -MAX_PROGRAMME_MS), asInstant(at + 1));
  const due = [...around, ...emergencies].filter((one) => isDueAt(one, at));
  const holder = holderAmong(due, rules);
  const asked = question.kind === "at" ? (holder ?? due[0]) : due.find((one) => one.id === question.id);
  if (asked === undefined) return { occurrence: null, lineage, rules, outcome: { kind: "nothing" } };
  return { occurrence: asked, lineage, rules, outcome: outcomeOf(asked, holder, rules) };
}

function untilCancelled({ emergency, cancelled }: Raised): Occurrence {
  const occurrence = occurrenceOf(emergency);
  return cancelled === null ? occurrence : { ...occurrence, voidAt: cancelled.at };
}

function isDueAt({ at: from, endsAt, voidAt }: Occurrence, at: Instant): boolean {
  return from <= at && endsAt > at && (voidAt === null || voidAt > at);
}

/** Its name tells when its rule is due; a box whose turn comes later begins later. */
function startOf(
  { id, at }: Extract<Question, { kind: "occurrence" }>,
  schedules: readonly PlannedSchedule[],
  emergencies: readonly Occurrence[],
): Instant {
  const emergency = emergencies.find((one) => one.id === id);
  if (emergency !== undefined) return emergency.at;
  const turnMs = Math.max(0, ...schedules.map((one) => one.turnMs));
  const around = occurrencesBetween(schedules, at, plus(at, turnMs + 1));
  return around.find((one) => one.id === id)?.at ?? at;
}

function holderAmong(due: readonly Occurrence[], rules: AirRules): Occurrence | null {
  const able = due.filter((one) => refusalOf(one, rules) === null);
  const holder = holderOf(
    able.map((one) => ({ id: one.id, rung: one.rung, order: one.order, dueAt: one.at })),
  );
  return able.find((one) => one.id === holder?.id) ?? null;
}

function outcomeOf(asked: Occurrence, holder: Occurrence | null, rules: AirRules): Outcome {
  const code = refusalOf(asked, rules);
  if (code !== null) return { kind: "refused", code };
  if (holder === null || holder.id === asked.id) return { kind: "plays" };
  return { kind: "waits", for: holder.id, title: holder.title };
}

function refusalOf(one: Occurrence, rules: AirRules): "quiet-hours" | "day-not-allowed" | null {
  if (one.exception) return null;
  if (touchesQuietHours(rules.quietHours, one.at, one.endsAt)) return "quiet-hours";
  return isAllowedDay(rules, one.at) ? null : "day-not-allowed";
}
