import { type AreaTree, lineageOf } from "@loa/shared/broadcast/area.ts";
import { type AreaId, sha256, type UserId } from "@loa/shared/kernel/ids.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import { type Lineages, type WhyNot, whyNotSign } from "../domain/drafts.ts";
import { expiryAt } from "../domain/expiry.ts";
import { endOfApproval, isPinned, type KeptApproval } from "../domain/standing-approvals.ts";
import { signingKeys } from "../store/alert-senders.ts";
import { allAreas } from "../store/areas.ts";
import { countsBelow } from "../store/counts-below.ts";
import { userNames } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import { standpointOn } from "./approval-key.ts";
import { approvedSounds } from "./approved-sounds.ts";
import { type Operator, todaysTree } from "./operator.ts";
import { mayApproveIn } from "./shown-draft.ts";
import { correctionWord, heardAreas } from "./shown-emergency.ts";
import type { ShownStandingApproval } from "./standing-approval-shapes.ts";

export async function shownStandingApprovals(
  deps: ApiDeps,
  operator: Operator,
  all: readonly KeptApproval[],
): Promise<readonly ShownStandingApproval[]> {
  const tree = await todaysTree(deps, operator);
  const names = new Map((await allAreas(deps.db)).map((area) => [area.id, area.name]));
  const heard = await heardAreas(deps, operator);
  const people = await userNames(deps.db);
  const person = (id: UserId) => ({ id, name: people.get(id) ?? id });
  const soundsOf = await approvedSounds(
    deps.db,
    all.map(({ approved }) => approved),
  );
  const shown: ShownStandingApproval[] = [];
  for (const one of all) {
    const whyNot = whyNotApproveStanding(deps, operator, tree, one);
    const signing = await signingKeys(deps.db, one.approved.sender);
    const areas = one.approved.areas.filter((area) => heard.has(area));
    shown.push({
      ...contentsOf(deps, one),
      ...soundsOf(one.approved),
      ...standpointOn(deps, operator, one.approved, lineagesOfAreas(one.approved.areas, tree), whyNot),
      state: deps.standings.stateOf(one),
      ...(await countsBelow(deps.db, one.approved.areas, operator.today)),
      isKeyKnown: signing.length > 0 && isPinned(one.approved, signing),
      areas,
      areaNames: areas.map((area) => names.get(area) ?? area),
      author: person(one.approved.author),
      approvals: one.approvals.map(({ person: id, at }) => ({ person: person(id), at })),
      withdrawnAt: one.withdrawn?.at ?? null,
      withdrawnBy: one.withdrawn === null ? null : person(one.withdrawn.by),
    });
  }
  return shown;
}

function contentsOf({ crypto, clock }: ApiDeps, { approved, payload, uses, lastUsedAt }: KeptApproval) {
  const { id, severity, sender, events, eventCodes, least, headline, sirenMs, times, gapMs } = approved;
  const { durationMs, draftedAt, from, to, notice } = approved;
  const keyHash = (spki: string) =>
    sha256.parse(crypto.sha256Hex(crypto.bytesFromBase64Url(spki) ?? new Uint8Array()));
  return {
    ...{ id, payload, severity, sender, events, eventCodes, least, headline, sirenMs, times, gapMs },
    ...{ durationMs, draftedAt, from, to, uses, lastUsedAt },
    challenge: challengeOf(payload, crypto),
    senderKeys: approved.keys.map((key) => ({ sha256: keyHash(key.publicKey), to: key.to })),
    codes: approved.places.reduce((count, { codes }) => count + codes.length, 0),
    message: notice === null ? ("built-in" as const) : ("clip" as const),
    correction: correctionWord(approved.correction),
    alarmDays: expiryAt({ notAfter: endOfApproval(approved), renewsAt: null }, clock.now()).alarmDays,
  };
}

/** From where its approvers are judged: each of its areas with all above it. */
export function lineagesOfAreas(areas: readonly AreaId[], tree: AreaTree): Lineages {
  return areas.map((area) => lineageOf(tree, area));
}

/** Why the person who asks may not approve it; null: nothing stands against it. */
export function whyNotApproveStanding(
  { clock, rosters, standings }: ApiDeps,
  operator: Operator,
  tree: AreaTree,
  one: KeptApproval,
): WhyNot | null {
  const roster = rosters.inForce();
  if (roster === null) return "no-key";
  if (standings.stateOf(one) !== "open") return "over";
  const { author, severity, areas } = one.approved;
  const asker = { id: operator.userId, mayInEveryArea: mayApproveIn(operator, tree, areas) };
  const text = { author, severity, approvals: one.approvals };
  return whyNotSign(text, asker, roster, lineagesOfAreas(areas, tree), clock.now());
}
