import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import type { AreaId, BoxId, UserId } from "@loa/shared/kernel/ids.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import { mayDo } from "../domain/access.ts";
import {
  type Draft,
  draftStanding,
  type Lineages,
  lineagesOf,
  type WhyNot,
  whyNotApprove,
} from "../domain/drafts.ts";
import { allAreas } from "../store/areas.ts";
import { placedBox } from "../store/boxes.ts";
import { countsBelow } from "../store/counts-below.ts";
import { userNames } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import { standpointOn } from "./approval-key.ts";
import { approvedSounds } from "./approved-sounds.ts";
import type { ShownDraft } from "./draft-shapes.ts";
import { answerOfBox } from "./local-answer.ts";
import { type Operator, todaysTree } from "./operator.ts";
import { correctionWord, heardAreas } from "./shown-emergency.ts";

/** A draft, the areas for which it is, and those with all above them. */
export interface PlacedDraft {
  readonly draft: Draft;
  readonly areas: readonly AreaId[];
  readonly lineages: Lineages;
  readonly box: ShownDraft["box"];
}

export async function placed(deps: ApiDeps, tree: AreaTree, draft: Draft): Promise<PlacedDraft> {
  const { order } = draft;
  if (order.kind === "emergency") {
    const lineages = lineagesOf(order, tree, () => null);
    return { draft, areas: order.areas, lineages, box: null };
  }
  const found = await placedBox(deps.db, order.box);
  const areaOf = (_box: BoxId) => found?.cluster.areaId ?? null;
  const areas = found === null ? [] : [found.cluster.areaId];
  const box = { id: order.box, clusterName: found?.cluster.name ?? order.box };
  return { draft, areas, lineages: lineagesOf(order, tree, areaOf), box };
}

/** Those that would be heard where the person has a say. */
export async function heardDrafts(deps: ApiDeps, operator: Operator): Promise<readonly PlacedDraft[]> {
  const tree = await todaysTree(deps, operator);
  const heard = await heardAreas(deps, operator);
  const all = await Promise.all(deps.drafts.all().map((one) => placed(deps, tree, one)));
  return all.filter((one) => one.areas.some((area) => heard.has(area)));
}

/** Whether the person's role allows to approve in all of its areas. */
export function mayApproveIn(operator: Operator, tree: AreaTree, areas: readonly AreaId[]): boolean {
  return areas.every((area) => mayDo(operator.grants, tree, "approve-emergency", area));
}

export async function shownDraft(deps: ApiDeps, operator: Operator, draft: Draft): Promise<ShownDraft> {
  const tree = await todaysTree(deps, operator);
  const [one] = await shownDrafts(deps, operator, [await placed(deps, tree, draft)]);
  if (one === undefined) throw new TypeError("one draft in, one out");
  return one;
}

export async function shownDrafts(
  deps: ApiDeps,
  operator: Operator,
  all: readonly PlacedDraft[],
): Promise<readonly ShownDraft[]> {
  const tree = await todaysTree(deps, operator);
  const names = new Map((await allAreas(deps.db)).map((area) => [area.id, area.name]));
  const heard = await heardAreas(deps, operator);
  const people = await userNames(deps.db);
  const soundsOf = await approvedSounds(
    deps.db,
    all.map(({ draft }) => draft.order),
  );
  const person = (id: UserId) => ({ id, name: people.get(id) ?? id });
  const shown: ShownDraft[] = [];
  for (const one of all) {
    const areas = one.areas.filter((area) => heard.has(area));
    const whyNot = whyNotApproveDraft(deps, operator, tree, one);
    const counts = await countsBelow(deps.db, one.areas, operator.today);
    shown.push({
      ...contentsOf(deps, one.draft),
      ...soundsOf(one.draft.order),
      ...standpointOn(deps, operator, one.draft.order, one.lineages, whyNot),
      standing: draftStanding(one.draft, deps.clock.now()),
      ...(one.box === null ? counts : { clusters: 1, boxes: 1, people: null }),
      areas,
      areaNames: areas.map((area) => names.get(area) ?? area),
      author: person(one.draft.order.author),
      approvals: one.draft.approvals.map(({ person: id, at }) => ({ person: person(id), at })),
      box: one.box,
      atBox: await answerOfBox(deps, one.draft),
    });
  }
  return shown;
}

function contentsOf({ crypto }: ApiDeps, { order, payload, approveBy }: Draft) {
  const { id, kind, severity, headline, sirenMs, times, gapMs, durationMs, draftedAt, notice } = order;
  const isLocal = order.kind !== "emergency";
  return {
    ...{ id, kind, payload, severity, headline, sirenMs, times, gapMs, durationMs, draftedAt, approveBy },
    challenge: challengeOf(payload, crypto),
    message: notice === null ? ("built-in" as const) : ("clip" as const),
    stream: isLocal ? null : (order.stream ?? null),
    correction: correctionWord(isLocal ? null : order.correction),
    replaces: isLocal ? null : order.replaces,
    trigger: isLocal ? order.trigger : null,
    from: isLocal ? order.from : null,
    to: isLocal ? order.to : null,
  };
}

/** Why the person who asks may not approve it; null: nothing stands against it. */
export function whyNotApproveDraft(
  { clock, rosters }: ApiDeps,
  operator: Operator,
  tree: AreaTree,
  { draft, areas, lineages }: PlacedDraft,
): WhyNot | null {
  const roster = rosters.inForce();
  if (roster === null) return "no-key";
  const asker = { id: operator.userId, mayInEveryArea: mayApproveIn(operator, tree, areas) };
  return whyNotApprove(draft, asker, roster, lineages, clock.now());
}
