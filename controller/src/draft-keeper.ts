import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import type { Clock, Crypto, Log } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, EmergencyId, UserId } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { DAY_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import type { Approval } from "@loa/shared/trust/approval.ts";
import { checkOrder } from "@loa/shared/trust/authority.ts";
import { type ApprovedOrder, orderText, type SignedOrder } from "@loa/shared/trust/order.ts";
import type { Roster } from "@loa/shared/trust/roster.ts";
import {
  type Draft,
  draftStanding,
  endOfDraft,
  type GivenApproval,
  isApprovedFor,
  isOwnSignature,
  isTouchedBy,
  type Lineages,
  signedOf,
} from "./domain/drafts.ts";
import type { EmergencyKeeper } from "./emergency-keeper.ts";
import { noteApprovingUse } from "./passkey-copies.ts";
import type { PressingCommit } from "./pressing-commit.ts";
import { createRecentStops } from "./recent-stops.ts";
import type { AuditEntry } from "./store/audit.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import type { StoredEmergency } from "./store/emergencies.ts";
import { insertApproval, insertDraft, setRaised, setWithdrawn } from "./store/emergency-drafts.ts";
import { ALERT_AUTHOR } from "./upstream/cap/cap-order.ts";

/** Keeps what one person has written and others must approve, in memory too: on a full disk it goes out all the same. */
export interface DraftKeeper {
  /** Open ones, those of the last day and those of boxes, newest first. */
  all(): readonly Draft[];
  find(id: EmergencyId): Draft | null;
  add(order: ApprovedOrder, approveBy: Instant): Promise<Draft>;
  /** With the last approval it goes out, once. Who may approve at all was asked before. */
  approve(id: EmergencyId, given: Signature): Promise<Result<Approved, ApprovalProblem>>;
  /** One that is on its box goes off it. Null: there is nothing to withdraw. */
  withdraw(id: EmergencyId, by: UserId | null): Promise<Draft | null>;
  /** A STOP of this instant: what was written by then there is not raised any more. */
  stopped(area: AreaId, at: Instant): void;
  /** By another roster other persons have approved: boxes hear anew of what they may start by themselves. */
  rosterChanged(): void;
  /** What a box may start by itself: all that was approved by whoever may still, for a box refuses a list as a whole. */
  localOrders(box: BoxId): readonly SignedOrder[];
}

export interface Signature {
  readonly person: UserId;
  readonly approval: Approval;
  readonly lineages: Lineages;
}

export interface Approved {
  readonly draft: Draft;
  /** Null while more approvals are needed. */
  readonly emergency: StoredEmergency | null;
}

export type ApprovalProblem = "over" | "already" | "no-roster" | "bad-signature";

export interface DraftKeeperParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly commit: PressingCommit;
  readonly roster: () => Roster | null;
  readonly tree: () => AreaTree;
  /** The area of a box and all above it. */
  readonly lineageOf: (box: BoxId) => readonly AreaId[];
  readonly emergencies: Pick<EmergencyKeeper, "raise">;
  /** What a box may start by itself has changed. */
  readonly localChanged: (box: BoxId) => void;
}

/** A box holds so many (`localBody`). */
export const MAX_LOCAL_ORDERS = 8;
const KEPT_MS = DAY_MS;

export function createDraftKeeper(parts: DraftKeeperParts, past: readonly Draft[]): DraftKeeper {
  const { clock, crypto, commit } = parts;
  const drafts = new Map<EmergencyId, Draft>(past.map((one) => [one.order.id, one]));
  const stops = createRecentStops();

  function change(id: EmergencyId, changed: (draft: Draft) => Draft): void {
    const draft = drafts.get(id);
    if (draft !== undefined) drafts.set(id, changed(draft));
  }

  function isOvertakenAtOnce(order: ApprovedOrder): boolean {
    if (order.kind !== "emergency") return false;
    const tree = parts.tree();
    return stops.voiding(order.draftedAt).some((area) => isTouchedBy(order.areas, area, tree));
  }

  function forgetOld(): void {
    const before = plus(clock.now(), -KEPT_MS);
    for (const [id, draft] of drafts) if (endOfDraft(draft) < before) drafts.delete(id);
  }

  /** The draft as it is with this approval; it counts at once, so that two last ones at a time raise it once. */
  function judge(draft: Draft, given: GivenApproval, lineages: Lineages): Result<Draft, ApprovalProblem> {
    const now = clock.now();
    const roster = parts.roster();
    if (roster === null) return fail("no-roster");
    if (draftStanding(draft, now) !== "open") return fail("over");
    if (draft.approvals.some((one) => one.person === given.person)) return fail("already");
    if (!isOwnSignature(given, draft.payload, roster, crypto)) return fail("bad-signature");
    const after = { ...draft, approvals: [...draft.approvals, given] };
    const checked = checkOrder(roster, signedOf(after), crypto);
    const isEnough = checked.ok && isApprovedFor(roster, checked.value, lineages, now);
    return ok(isEnough ? { ...after, raisedAt: now } : after);
  }

  /** By the roster of this day: who is named no more has approved nothing. */
  function isStillApproved(draft: Draft, box: BoxId, now: Instant): boolean {
    const roster = parts.roster();
    if (roster === null) return false;
    const checked = checkOrder(roster, signedOf(draft), crypto);
    return checked.ok && isApprovedFor(roster, checked.value, [parts.lineageOf(box)], now);
  }

  async function writeApproval(
    tx: Database,
    { order, raisedAt }: Draft,
    given: GivenApproval,
  ): Promise<void> {
    await insertApproval(tx, order.id, given);
    await noteApprovingUse(tx, given, parts);
    if (raisedAt !== null) await setRaised(tx, order.id, raisedAt);
    await writeAudit(tx, {
      ...entryOf(order, given.at, given.person),
      act: "emergency.approved",
      detail: { headline: order.headline, severity: order.severity, key: given.approval.key },
    });
  }

  async function settle(draft: Draft, given: GivenApproval): Promise<StoredEmergency | null> {
    const { order } = draft;
    const write = (tx: Database) => writeApproval(tx, draft, given);
    if (draft.raisedAt === null || order.kind !== "emergency") {
      await commit(write);
      if (draft.raisedAt !== null && order.kind !== "emergency") parts.localChanged(order.box);
      return null;
    }
    return parts.emergencies.raise({ order, signed: signedOf(draft), by: given.person }, write);
  }

  return {
    all: () => [...drafts.values()].sort((one, other) => other.order.draftedAt - one.order.draftedAt),
    find: (id) => drafts.get(id) ?? null,
    async add(order, approveBy) {
      forgetOld();
      const payload = orderText(order);
      const draft: Draft = {
        ...{ order, payload, approveBy, approvals: [], raisedAt: null, withdrawn: null },
        isOvertaken: isOvertakenAtOnce(order),
      };
      // Before it is written: another one at the same moment must see that there is no more room, and a STOP must find it.
      drafts.set(order.id, draft);
      await commit(async (tx) => {
        await insertDraft(tx, draft);
        await writeAudit(tx, {
          ...entryOf(order, order.draftedAt, order.author === ALERT_AUTHOR ? null : order.author),
          act: "emergency.drafted",
          detail: { ...order },
        });
      }).catch((error: unknown) => {
        drafts.delete(order.id);
        throw error;
      });
      return drafts.get(order.id) ?? draft;
    },
    async approve(id, { person, approval, lineages }) {
      const draft = drafts.get(id);
      if (draft === undefined) return fail("over");
      const given = { person, at: clock.now(), approval };
      const judged = judge(draft, given, lineages);
      if (!judged.ok) return judged;
      drafts.set(id, judged.value);
      try {
        return ok({ draft: judged.value, emergency: await settle(judged.value, given) });
      } catch (error) {
        const isRaised = judged.value.raisedAt !== null;
        change(id, (one) => ({
          ...one,
          approvals: one.approvals.filter((other) => other !== given),
          raisedAt: isRaised ? null : one.raisedAt,
        }));
        throw error;
      }
    },
    async withdraw(id, by) {
      const draft = drafts.get(id);
      const now = clock.now();
      if (draft === undefined || !isWithdrawable(draft, now)) return null;
      const { order } = draft;
      change(id, (one) => ({ ...one, withdrawn: { at: now, by } }));
      try {
        await commit(async (tx) => {
          await setWithdrawn(tx, id, { at: now, by });
          const entry = entryOf(order, now, by);
          await writeAudit(tx, {
            ...entry,
            act: "emergency.withdrawn",
            detail: { headline: order.headline },
          });
        });
      } catch (error) {
        change(id, (one) => ({ ...one, withdrawn: null }));
        throw error;
      }
      if (order.kind !== "emergency" && draft.raisedAt !== null) parts.localChanged(order.box);
      return drafts.get(id) ?? null;
    },
    stopped(area, at) {
      stops.note(area, at);
      const now = clock.now();
      const tree = parts.tree();
      for (const [id, draft] of drafts) {
        if (draft.order.kind !== "emergency" || draftStanding(draft, now) !== "open") continue;
        if (!isVoidedByStop(draft.order.draftedAt, at)) continue;
        if (isTouchedBy(draft.order.areas, area, tree)) change(id, (one) => ({ ...one, isOvertaken: true }));
      }
    },
    rosterChanged() {
      const now = clock.now();
      const boxes = new Set<BoxId>();
      for (const { order, raisedAt, withdrawn } of drafts.values())
        if (order.kind !== "emergency" && raisedAt !== null && withdrawn === null && order.to > now)
          boxes.add(order.box);
      for (const box of boxes) parts.localChanged(box);
    },
    localOrders(box) {
      const now = clock.now();
      return [...drafts.values()]
        .filter(({ order, raisedAt, withdrawn }) => {
          const isOfBox = order.kind !== "emergency" && order.box === box && order.to > now;
          return isOfBox && raisedAt !== null && withdrawn === null;
        })
        .filter((draft) => isStillApproved(draft, box, now))
        .slice(-MAX_LOCAL_ORDERS)
        .map(signedOf);
    },
  };
}

/** What has gone out is cancelled, not withdrawn; what a box holds for its day can be taken back. */
function isWithdrawable(draft: Draft, now: Instant): boolean {
  const standing = draftStanding(draft, now);
  const { order } = draft;
  return standing === "open" || (standing === "raised" && order.kind !== "emergency" && order.to > now);
}

function entryOf(
  order: ApprovedOrder,
  at: Instant,
  userId: UserId | null,
): Pick<AuditEntry, "at" | "userId" | "subject" | "areaId"> {
  const areaId = order.kind === "emergency" ? (order.areas[0] ?? null) : null;
  return { at, userId, subject: `emergency:${order.id}`, areaId };
}
