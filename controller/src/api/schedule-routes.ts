import { createRoute, z } from "@hono/zod-openapi";
import { nextStart } from "@loa/shared/broadcast/recurrence.ts";
import { type AreaId, scheduleId, type UserId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { areasHeardFrom, mayDo } from "../domain/access.ts";
import type { AuditAct } from "../domain/audit-acts.ts";
import type { DryRun } from "../domain/scheduling.ts";
import { allAreas } from "../store/areas.ts";
import { writeAudit } from "../store/audit.ts";
import { insertBulletin } from "../store/bulletins.ts";
import type { Database } from "../store/database.ts";
import { toInput } from "../store/plan-tables.ts";
import { insertProgramme, programmesByIds } from "../store/programmes.ts";
import {
  confirmException,
  insertSchedule,
  type StoredSchedule,
  scheduleById,
  schedulesInForce,
  withdrawSchedule,
} from "../store/schedules.ts";
import { userNames } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { type Operator, todaysTree } from "./operator.ts";
import { contentOfProgramme, type Prepared, prepare, tryOut } from "./schedule-draft.ts";
import { dryRunShape, scheduleDraft, scheduleShape } from "./schedule-shapes.ts";

const draftBody = { body: { required: true, content: { "application/json": { schema: scheduleDraft } } } };
const inPath = { params: z.object({ id: scheduleId }) };
const oneSchedule = { "application/json": { schema: z.object({ schedule: scheduleShape }) } };

const tryRoute = createRoute({
  method: "post",
  path: "/api/v1/schedules/dry-run",
  summary: "What would happen if this schedule were made now; writes nothing",
  request: draftBody,
  responses: {
    200: { description: "Starts and problems", content: { "application/json": { schema: dryRunShape } } },
    ...refusals("not-found", "class-not-schedulable"),
  },
});

const createSchedule = createRoute({
  method: "post",
  path: "/api/v1/schedules",
  summary: "Schedule a programme, or a clip, for areas",
  request: draftBody,
  responses: {
    201: {
      description: "The schedule. With `exception: asked` it waits for a second person.",
      content: { "application/json": { schema: z.object({ schedule: scheduleShape, dryRun: dryRunShape }) } },
    },
    ...refusals(
      "area-not-yours",
      "not-found",
      "schedule-clashes",
      "schedule-refused",
      "class-not-schedulable",
    ),
  },
});

const listSchedules = createRoute({
  method: "get",
  path: "/api/v1/schedules",
  summary: "Schedules in force that sound somewhere within one's own grants",
  responses: {
    200: {
      description: "Schedules",
      content: { "application/json": { schema: z.object({ schedules: z.array(scheduleShape).readonly() }) } },
    },
    ...refusals(),
  },
});

const getSchedule = createRoute({
  method: "get",
  path: "/api/v1/schedules/{id}",
  summary: "One schedule, withdrawn ones too",
  request: inPath,
  responses: { 200: { description: "The schedule", content: oneSchedule }, ...refusals("not-found") },
});

const withdraw = createRoute({
  method: "delete",
  path: "/api/v1/schedules/{id}",
  summary: "Take a schedule out of all plans; what sounds of it now ends",
  request: inPath,
  responses: {
    200: { description: "The schedule", content: oneSchedule },
    ...refusals("not-found", "forbidden", "already-withdrawn"),
  },
});

const confirm = createRoute({
  method: "post",
  path: "/api/v1/schedules/{id}/confirm-exception",
  summary: "The second person's word that this may sound although the rules forbid it",
  request: inPath,
  responses: {
    200: { description: "The schedule", content: oneSchedule },
    ...refusals("not-found", "forbidden", "same-person", "no-exception-asked", "schedule-clashes"),
  },
});

export function scheduleRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(tryRoute, async (c) => {
    const operator = c.get("operator");
    const prepared = await prepare(deps, operator, c.req.valid("json"));
    return c.json(await tryOut(deps, deps.db, operator, prepared), 200);
  });

  api.openapi(createSchedule, async (c) => {
    const operator = c.get("operator");
    const draft = c.req.valid("json");
    const prepared = await prepare(deps, operator, draft);
    const made = await deps.db
      .transaction()
      .execute((tx) => create(deps, tx, operator, prepared, draft.askException));
    deps.changes.planInputsChanged();
    return c.json({ schedule: await shownOne(deps, made.schedule), dryRun: made.dryRun }, 201);
  });

  api.openapi(listSchedules, async (c) => {
    const operator = c.get("operator");
    const heard = areasHeardFrom(operator.grants, await todaysTree(deps, operator));
    const all = await schedulesInForce(deps.db);
    const some = all.filter((one) => one.areas.some((area) => heard.has(area)));
    return c.json({ schedules: await shown(deps, some) }, 200);
  });

  api.openapi(getSchedule, async (c) => {
    const schedule = await requireSchedule(deps, c.get("operator"), c.req.valid("param").id);
    return c.json({ schedule: await shownOne(deps, schedule) }, 200);
  });

  api.openapi(withdraw, async (c) => {
    const operator = c.get("operator");
    const schedule = await requireSchedule(deps, operator, c.req.valid("param").id);
    await requireEverywhere(deps, operator, "schedule", schedule.areas);
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      if (!(await withdrawSchedule(tx, schedule.id, operator.userId, at))) {
        throw new HttpProblem("already-withdrawn");
      }
      await afterChange(tx, operator, schedule, "schedule.withdrawn", at);
    });
    deps.changes.planInputsChanged();
    return c.json({ schedule: await shownOne(deps, { ...schedule, withdrawnAt: at }) }, 200);
  });

  api.openapi(confirm, async (c) => {
    const operator = c.get("operator");
    const schedule = await requireSchedule(deps, operator, c.req.valid("param").id);
    await requireEverywhere(deps, operator, "confirm-exception", schedule.areas);
    if (schedule.createdBy === operator.userId) throw new HttpProblem("same-person");
    const confirmed = await deps.db.transaction().execute((tx) => confirmOne(deps, tx, operator, schedule));
    deps.changes.planInputsChanged();
    return c.json({ schedule: await shownOne(deps, confirmed) }, 200);
  });
}

async function create(
  deps: ApiDeps,
  tx: Database,
  operator: Operator,
  prepared: Prepared,
  askException: boolean,
): Promise<{ readonly schedule: StoredSchedule; readonly dryRun: DryRun }> {
  const { input, made } = prepared;
  const result = await tryOut(deps, tx, operator, prepared);
  if (!result.ok && !(askException && result.needsException)) throw refusalOf(result);
  if (made !== null) {
    await insertBulletin(tx, made.bulletin);
    await insertProgramme(tx, made.programme);
  }
  const schedule: StoredSchedule = {
    id: input.id,
    title: input.title,
    programmeId: input.programmeId,
    class: input.class === "priority" ? "priority" : "normal",
    order: input.order,
    recurrence: input.recurrence,
    areas: input.areas,
    chime: input.chime,
    turns: input.turns,
    exception: result.ok ? "none" : "asked",
    exceptionBy: null,
    exceptionAt: null,
    createdBy: operator.userId,
    createdAt: input.effectiveFrom,
    withdrawnAt: null,
  };
  await insertSchedule(tx, schedule);
  const act = result.ok ? "schedule.created" : "schedule.asked";
  await afterChange(tx, operator, schedule, act, schedule.createdAt);
  return { schedule, dryRun: result };
}

function refusalOf(result: DryRun): HttpProblem {
  const codes = new Set(result.problems.map((one) => one.code));
  const { problems, needsException } = result;
  if (codes.has("area-not-yours")) return new HttpProblem("area-not-yours", { problems });
  return new HttpProblem(codes.has("clash") ? "schedule-clashes" : "schedule-refused", {
    problems,
    needsException,
  });
}

/** What has been scheduled since the exception was asked for may clash with it now. */
async function confirmOne(
  deps: ApiDeps,
  tx: Database,
  operator: Operator,
  schedule: StoredSchedule,
): Promise<StoredSchedule> {
  const at = deps.clock.now();
  if (!(await confirmException(tx, schedule.id, operator.userId, at))) {
    throw new HttpProblem("no-exception-asked");
  }
  const confirmed: StoredSchedule = {
    ...schedule,
    exception: "confirmed",
    exceptionBy: operator.userId,
    exceptionAt: at,
  };
  const [programme] = await programmesByIds(tx, [schedule.programmeId]);
  const content = await contentOfProgramme(tx, { id: schedule.programmeId, items: programme?.items ?? [] });
  const result = await tryOut(deps, tx, operator, { input: toInput(confirmed), content });
  if (!result.ok) throw refusalOf(result);
  await afterChange(tx, operator, confirmed, "schedule.exception-confirmed", at);
  return confirmed;
}

async function afterChange(
  tx: Database,
  operator: Operator,
  schedule: StoredSchedule,
  act: AuditAct,
  at: Instant,
): Promise<void> {
  await writeAudit(tx, {
    at,
    userId: operator.userId,
    act,
    subject: `schedule:${schedule.id}`,
    areaId: schedule.areas[0] ?? null,
    detail: { title: schedule.title, areas: schedule.areas, recurrence: schedule.recurrence },
  });
}

/** Not there for persons in whose areas it does not sound. */
async function requireSchedule(
  deps: ApiDeps,
  operator: Operator,
  id: StoredSchedule["id"],
): Promise<StoredSchedule> {
  const schedule = await scheduleById(deps.db, id);
  const heard = areasHeardFrom(operator.grants, await todaysTree(deps, operator));
  if (schedule === null || !schedule.areas.some((area) => heard.has(area))) {
    throw new HttpProblem("not-found");
  }
  return schedule;
}

async function requireEverywhere(
  deps: ApiDeps,
  operator: Operator,
  act: "schedule" | "confirm-exception",
  areas: readonly AreaId[],
): Promise<void> {
  const tree = await todaysTree(deps, operator);
  const lacking = areas.filter((area) => !mayDo(operator.grants, tree, act, area));
  if (lacking.length > 0) throw new HttpProblem("forbidden", { areas: lacking });
}

async function shownOne(deps: ApiDeps, one: StoredSchedule): Promise<ShownSchedule> {
  return show(deps, one, await namesOf(deps));
}

async function shown(deps: ApiDeps, all: readonly StoredSchedule[]): Promise<readonly ShownSchedule[]> {
  const names = await namesOf(deps);
  return all.map((one) => show(deps, one, names));
}

type ShownSchedule = z.infer<typeof scheduleShape>;

interface Names {
  readonly areas: ReadonlyMap<AreaId, string>;
  readonly users: ReadonlyMap<UserId, string>;
}

async function namesOf(deps: ApiDeps): Promise<Names> {
  const areas = await allAreas(deps.db);
  return { areas: new Map(areas.map((one) => [one.id, one.name])), users: await userNames(deps.db) };
}

function show(deps: ApiDeps, { exceptionAt: _, ...one }: StoredSchedule, names: Names): ShownSchedule {
  const next = one.withdrawnAt === null ? nextStart(one.recurrence, deps.clock.now()) : null;
  return {
    ...one,
    areaNames: one.areas.map((area) => names.areas.get(area) ?? area),
    createdByName: names.users.get(one.createdBy) ?? one.createdBy,
    nextAt: next?.at ?? null,
  };
}
