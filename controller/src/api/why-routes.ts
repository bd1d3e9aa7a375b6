import { createRoute, z } from "@hono/zod-openapi";
import { airRules } from "@loa/shared/broadcast/air-rules.ts";
import { areaKind } from "@loa/shared/broadcast/area.ts";
import { MAX_EMERGENCY_MS, occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import { recurrence } from "@loa/shared/broadcast/recurrence.ts";
import {
  areaId,
  boxId,
  emergencyId,
  type OccurrenceId,
  occurrenceId,
  programmeId,
  scheduleId,
  userId,
} from "@loa/shared/kernel/ids.ts";
import { instant, plus } from "@loa/shared/kernel/time.ts";
import { type Question, whyOnAir } from "../domain/explanation.ts";
import { allAreas } from "../store/areas.ts";
import { emergenciesSince, type StoredEmergency } from "../store/emergencies.ts";
import { readPlanTables } from "../store/plan-tables.ts";
import { programmesByIds } from "../store/programmes.ts";
import { receiptOf } from "../store/receipts.ts";
import { type StoredSchedule, scheduleById } from "../store/schedules.ts";
import { userNames } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { requireBox } from "./box-routes.ts";
import { receiptRow } from "./box-shapes.ts";
import { refusals } from "./http-problem.ts";
import { scheduleOf, startOf } from "./occurrence-name.ts";
import { instantQuery } from "./period.ts";

const outcomeShape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plays") }),
  z.object({ kind: z.literal("nothing") }),
  z.object({ kind: z.literal("refused"), code: z.enum(["quiet-hours", "day-not-allowed"]) }),
  z.object({ kind: z.literal("waits"), for: occurrenceId, title: z.string() }),
  z.object({ kind: z.literal("withdrawn"), at: instant }),
  z.object({ kind: z.literal("unconfirmed") }),
]);

const whyShape = z
  .object({
    occurrence: z.object({ id: occurrenceId, at: instant, endsAt: instant }).nullable(),
    schedule: z
      .object({
        id: scheduleId,
        title: z.string(),
        class: z.enum(["normal", "priority"]),
        order: z.number().int(),
      })
      .nullable(),
    emergency: z
      .object({ id: emergencyId, severity: z.enum(["actual", "exercise"]), headline: z.string() })
      .nullable(),
    programme: z.object({ id: programmeId, title: z.string() }).nullable(),
    /** From the box's own area upwards; `isSource` where the schedule was made for. */
    areaPath: z.array(z.object({ id: areaId, kind: areaKind, name: z.string(), isSource: z.boolean() })),
    recurrence: recurrence.nullable(),
    /** Of the whole path together. */
    rules: airRules,
    createdBy: z.object({ id: userId, name: z.string(), at: instant }).nullable(),
    exceptionBy: z.object({ id: userId, name: z.string() }).nullable(),
    outcome: outcomeShape,
    /** What became of it, when it was due already. */
    receipt: receiptRow.nullable(),
  })
  .openapi("Why");

const whyRoute = createRoute({
  method: "get",
  path: "/api/v1/boxes/{id}/why",
  summary: "Why a box plays an occurrence, or what it plays at an instant (now, when nothing is asked for)",
  request: {
    params: z.object({ id: boxId }),
    query: z.object({
      occurrence: occurrenceId.optional(),
      at: instantQuery,
    }),
  },
  responses: {
    200: { description: "The explanation", content: { "application/json": { schema: whyShape } } },
    ...refusals("not-found"),
  },
});

export function whyRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(whyRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { occurrence: asked, at } = c.req.valid("query");
    const box = await requireBox(deps, c.get("operator"), id);
    const question: Question =
      asked === undefined
        ? { kind: "at", at: at ?? deps.clock.now() }
        : { kind: "occurrence", id: asked, at: startOf(asked) };
    const raised = await emergenciesSince(deps.db, plus(question.at, -MAX_EMERGENCY_MS));
    const found = whyOnAir(await readPlanTables(deps.db), raised, box.cluster, question);
    const named = found.occurrence?.id ?? asked ?? null;
    const schedule = named === null ? null : await scheduleIn(deps, named, found.lineage);
    const emergency = named === null ? null : emergencyIn(raised, named, found.lineage);
    const source = schedule ?? emergency;
    const [programme] = schedule === null ? [] : await programmesByIds(deps.db, [schedule.programmeId]);
    const areas = new Map((await allAreas(deps.db)).map((area) => [area.id, area]));
    const people = await userNames(deps.db);
    const person = (user: z.infer<typeof userId>) => ({ id: user, name: people.get(user) ?? user });
    const answer: z.infer<typeof whyShape> = {
      occurrence:
        found.occurrence === null
          ? null
          : { id: found.occurrence.id, at: found.occurrence.at, endsAt: found.occurrence.endsAt },
      schedule:
        schedule === null
          ? null
          : { id: schedule.id, title: schedule.title, class: schedule.class, order: schedule.order },
      emergency:
        emergency === null
          ? null
          : {
              id: emergency.emergency.id,
              severity: emergency.emergency.severity,
              headline: emergency.emergency.headline,
            },
      programme: programme === undefined ? null : { id: programme.id, title: programme.title },
      areaPath: found.lineage.flatMap((area) => {
        const known = areas.get(area);
        return known === undefined ? [] : [{ ...known, isSource: source?.areas.includes(area) ?? false }];
      }),
      recurrence: schedule?.recurrence ?? null,
      rules: found.rules,
      createdBy: whoMade(schedule, emergency, person),
      exceptionBy: schedule?.exceptionBy == null ? null : person(schedule.exceptionBy),
      outcome: outcomeOf(found.outcome, schedule, emergency),
      receipt: named === null ? null : ((await receiptOf(deps.db, id, named))?.row ?? null),
    };
    return c.json(answer, 200);
  });
}

/** The schedule of an occurrence, when it was made for an area of this path: others are not told here. */
async function scheduleIn(
  deps: ApiDeps,
  occurrence: OccurrenceId,
  lineage: readonly z.infer<typeof areaId>[],
): Promise<StoredSchedule | null> {
  const schedule = await scheduleById(deps.db, scheduleOf(occurrence));
  return schedule?.areas.some((area) => lineage.includes(area)) ? schedule : null;
}

function emergencyIn(
  raised: readonly StoredEmergency[],
  occurrence: OccurrenceId,
  lineage: readonly z.infer<typeof areaId>[],
): StoredEmergency | null {
  const found = raised.find((one) => occurrenceOf(one.emergency).id === occurrence);
  return found?.areas.some((area) => lineage.includes(area)) ? found : null;
}

function whoMade(
  schedule: StoredSchedule | null,
  raised: StoredEmergency | null,
  person: (user: z.infer<typeof userId>) => { id: z.infer<typeof userId>; name: string },
): z.infer<typeof whyShape>["createdBy"] {
  if (schedule !== null) return { ...person(schedule.createdBy), at: schedule.createdAt };
  return raised === null ? null : { ...person(raised.raisedBy), at: raised.emergency.at };
}

/** What is in no plan, or not any more on the air, says why. */
function outcomeOf(
  outcome: z.infer<typeof outcomeShape>,
  schedule: StoredSchedule | null,
  raised: StoredEmergency | null,
): z.infer<typeof outcomeShape> {
  if (outcome.kind !== "nothing") return outcome;
  if (schedule === null) {
    return raised?.cancelled == null ? outcome : { kind: "withdrawn", at: raised.cancelled.at };
  }
  if (schedule.withdrawnAt !== null) return { kind: "withdrawn", at: schedule.withdrawnAt };
  return schedule.exception === "asked" ? { kind: "unconfirmed" } : outcome;
}
