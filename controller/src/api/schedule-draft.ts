import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { bulletinId, type ProgrammeId, programmeId, scheduleId } from "@loa/shared/kernel/ids.ts";
import { mayDo } from "../domain/access.ts";
import type { ScheduleInput } from "../domain/plan-tables.ts";
import type { ContentTables } from "../domain/planned-schedule.ts";
import { type DryRun, dryRun } from "../domain/scheduling.ts";
import { allAreas } from "../store/areas.ts";
import { countBoxesByArea } from "../store/boxes.ts";
import { classesOfBulletins, type StoredBulletin } from "../store/bulletins.ts";
import { type ListedClip, readableClip } from "../store/clips.ts";
import type { Database } from "../store/database.ts";
import { readPlanTables } from "../store/plan-tables.ts";
import { bulletinsIn, clipsOfBulletins, programmeById, type StoredProgramme } from "../store/programmes.ts";
import { relaysByIds } from "../store/relays.ts";
import type { ApiDeps } from "./api-deps.ts";
import { readerOf } from "./clip-routes.ts";
import { HttpProblem } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { areasFor, type Operator, todaysTree } from "./operator.ts";
import type { ScheduleDraft } from "./schedule-shapes.ts";

/** What a person asks for, with everything that it is made of. */
export interface Prepared {
  readonly input: ScheduleInput;
  /** What the quick form has to write besides the schedule. */
  readonly made: { readonly bulletin: StoredBulletin; readonly programme: StoredProgramme } | null;
  readonly content: ContentTables;
}

/** Looks up what the draft names, as far as this person may see it. */
export function prepare(deps: ApiDeps, operator: Operator, draft: ScheduleDraft): Promise<Prepared> {
  return "clip" in draft
    ? prepareFromClip(deps, operator, draft)
    : prepareFromProgramme(deps, operator, draft);
}

async function prepareFromClip(
  deps: ApiDeps,
  operator: Operator,
  draft: Extract<ScheduleDraft, { clip: unknown }>,
): Promise<Prepared> {
  const found = await readableClip(deps.db, draft.clip, readerOf(deps, operator));
  if (found === null) throw new HttpProblem("not-found", { clip: draft.clip });
  const [areaId] = draft.areas;
  if (areaId === undefined) throw new HttpProblem("bad-request");
  const by = { areaId, createdBy: operator.userId, createdAt: deps.clock.now() };
  const bulletin: StoredBulletin = {
    ...by,
    id: bulletinId.parse(newId("bulletin", deps.random)),
    title: draft.title,
    class: draft.class,
    field: draft.field,
    clip: draft.clip,
  };
  const programme: StoredProgramme = {
    ...by,
    id: programmeId.parse(newId("programme", deps.random)),
    title: draft.title,
    items: [{ bulletin: bulletin.id, end: "soft" }],
  };
  return {
    input: inputOf(deps, draft, programme.id, draft.class),
    made: { bulletin, programme },
    content: {
      programmes: new Map([[programme.id, programme.items]]),
      clips: new Map([[bulletin.id, clipOf(found)]]),
      relays: new Map(),
    },
  };
}

async function prepareFromProgramme(
  deps: ApiDeps,
  operator: Operator,
  draft: Extract<ScheduleDraft, { programmeId: unknown }>,
): Promise<Prepared> {
  const programme = await programmeById(deps.db, draft.programmeId, areasFor(deps, operator, "see"));
  if (programme === null) throw new HttpProblem("not-found", { programmeId: draft.programmeId });
  const content = await contentOfProgramme(deps.db, programme);
  const classes = await classesOfBulletins(deps.db, bulletinsIn(programme.items));
  const highest = classes.has("emergency") ? "emergency" : classes.has("priority") ? "priority" : "normal";
  return {
    input: inputOf(deps, draft, programme.id, highest),
    made: null,
    content,
  };
}

/** Everything that a programme names, as far as it is there. */
export async function contentOfProgramme(
  db: Database,
  { id, items }: Pick<StoredProgramme, "id" | "items">,
): Promise<ContentTables> {
  const relays = await relaysByIds(
    db,
    items.flatMap((item) => ("relay" in item ? [item.relay] : [])),
  );
  return {
    programmes: new Map([[id, items]]),
    clips: await clipsOfBulletins(db, bulletinsIn(items)),
    relays: new Map(relays.map(({ source }) => [source.id, source])),
  };
}

function inputOf(
  deps: ApiDeps,
  draft: ScheduleDraft,
  programme: ProgrammeId,
  itsClass: ScheduleInput["class"],
): ScheduleInput {
  // Circular 39/2020: an emergency plays at once, by its own way and with two persons, never by a timetable.
  if (itsClass === "emergency") throw new HttpProblem("class-not-schedulable");
  return {
    id: scheduleId.parse(newId("schedule", deps.random)),
    title: draft.title,
    class: itsClass,
    order: draft.order,
    recurrence: draft.recurrence,
    effectiveFrom: deps.clock.now(),
    programmeId: programme,
    areas: [...new Set(draft.areas)],
    chime: draft.chime,
    turns: draft.turns,
    standing: "in-force",
    exception: false,
  };
}

function clipOf({ sha256, sizeBytes, durationMs, gainDb }: ListedClip) {
  return { sha256, sizeBytes, durationMs, gainDb };
}

/** The dry run against everything that is scheduled at this moment in this transaction. */
export async function tryOut(
  deps: ApiDeps,
  db: Database,
  operator: Operator,
  { input, content }: Pick<Prepared, "input" | "content">,
): Promise<DryRun> {
  const tables = await readPlanTables(db);
  const tree: AreaTree = await todaysTree({ db }, operator);
  const areas = await allAreas(db);
  return dryRun(input, {
    tables: {
      ...tables,
      programmes: new Map([...tables.programmes, ...content.programmes]),
      clips: new Map([...tables.clips, ...content.clips]),
      relays: new Map([...tables.relays, ...content.relays]),
    },
    boxes: await countBoxesByArea(db),
    names: new Map(areas.map((area) => [area.id, area.name])),
    mayScheduleIn: (area) => mayDo(operator.grants, tree, "schedule", area),
    now: deps.clock.now(),
  });
}
