import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import type { CapAlert, CapReference } from "@loa/shared/cap/cap-alert.ts";
import type { Clock, Crypto, Log } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import { type Instant, plus } from "@loa/shared/kernel/time.ts";
import { packAlert } from "@loa/shared/node/cap/packed-alert.ts";
import { readPinnedAlert } from "@loa/shared/node/cap/read-pinned-alert.ts";
import {
  alertEmergencyId,
  asPart,
  isInEarnest,
  isOfApproved,
  orderFromCovered,
} from "@loa/shared/trust/alert-order.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import type { StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import { CLOCK_TOLERANCE_MS } from "@loa/shared/wire/envelope.ts";
import type { OrderToRaise } from "./changes.ts";
import { isTouchedBy } from "./domain/drafts.ts";
import { fitsEnvelope } from "./domain/order-size.ts";
import { approvalOver, areasLeft, type KeptApproval, signedApproval } from "./domain/standing-approvals.ts";
import type { EmergencyKeeper } from "./emergency-keeper.ts";
import type { StandingKeeper } from "./standing-keeper.ts";
import { alertsSince } from "./store/alerts.ts";
import type { Database } from "./store/database.ts";
import type { StoredEmergency } from "./store/emergencies.ts";
import { areasStoppedSince } from "./store/stop-orders.ts";

/** Lets alerts out under what persons have approved in advance, and takes them back when their sender does. */
export interface AlertRaising {
  /** Answers for which areas persons must still look at it. `document`: as the sender signed it. */
  heed(alert: CapAlert, document: string, areas: readonly AreaId[]): Promise<readonly AreaId[]>;
  /** The emergencies that the alert became by itself, one under each standing approval, no two in one area. */
  of(alert: CapReference): readonly StoredEmergency[];
}

export interface AlertRaisingParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly tree: () => AreaTree;
  readonly standings: Pick<StandingKeeper, "inForce" | "used">;
  readonly emergencies: Pick<EmergencyKeeper, "raise" | "ofAlert" | "cancel">;
}

/** More messages than senders have for one province in a day. */
const MAX_LATER = 500;

export function createAlertRaising(parts: AlertRaisingParts): AlertRaising {
  const { clock, crypto, emergencies } = parts;
  /** One alert that comes twice at a time is one. */
  const underWay = new Set<EmergencyId>();

  const all = (alert: CapReference) => emergencies.ofAlert(alertEmergencyId(alert, crypto));
  const of = (alert: CapReference) => all(alert).filter((stored) => approvalOver(stored) !== null);

  /**
   * What persons have let out themselves only persons take back. An update that persons must look at first silences
   * nothing until they have, as long as it tells of the same danger: not where it was `left` to them alone, either.
   */
  async function takeBack(alert: CapAlert, left: readonly AreaId[]): Promise<void> {
    if (alert.msgType !== "Cancel" && alert.msgType !== "Update") return;
    const isRaised = all(alert).length > 0;
    const isWaiting = ({ areas }: StoredEmergency) =>
      !isRaised || left.some((area) => isTouchedBy(areas, area, parts.tree()));
    const named = alert.references.filter(({ sender }) => sender === alert.sender).flatMap(of);
    for (const stored of named) {
      const approved = approvalOver(stored);
      if (approved === null || !isInEarnest(alert, approved.severity)) continue;
      if (alert.msgType === "Update" && isWaiting(stored) && isOfApproved(approved, alert)) continue;
      await emergencies.cancel(stored.emergency.id, null, "cancelled");
    }
  }

  /** Those that cover it, first the one that leaves least to others. */
  function covering(alert: CapAlert, areas: readonly AreaId[], now: Instant): readonly KeptApproval[] {
    const tree = parts.tree();
    const covered = parts.standings.inForce().flatMap((kept) => {
      const order = orderFromCovered(kept.approved, alert, now, crypto);
      return order.ok ? [{ kept, areas: order.value.areas }] : [];
    });
    const all = [...areas, ...covered.flatMap((one) => one.areas)];
    return covered
      .map((one) => ({ kept: one.kept, left: areasLeft(all, one.areas, tree).length }))
      .sort((one, other) => one.left - other.left)
      .map(({ kept }) => kept);
  }

  /** As it would have been had the two come in their order. */
  function isReplacedBy(later: CapAlert, approved: StandingApproval): boolean {
    return all(later).length > 0 || !isOfApproved(approved, later);
  }

  /** Under each that covers it, as far as it was not said under one before: no area hears it twice. */
  async function raise(
    alert: CapAlert,
    document: string,
    { areas, later }: { readonly areas: readonly AreaId[]; readonly later: readonly CapAlert[] },
  ): Promise<void> {
    const now = clock.now();
    if (alert.sent > now + CLOCK_TOLERANCE_MS) return;
    for (const kept of covering(alert, areas, now)) {
      if (later.some((one) => isReplacedBy(one, kept.approved))) continue;
      const before = all(alert);
      const toRaise = orderUnder(
        kept,
        { alert, document, at: now, before },
        { ...parts, tree: parts.tree() },
      );
      if (toRaise === null || (await isOvertaken(parts, toRaise))) continue;
      const { id } = kept.approved;
      parts.log.warn("alert.raised", { id: toRaise.order.id, sender: alert.sender, standingApproval: id });
      await emergencies.raise(toRaise, parts.standings.used(id, now));
    }
  }

  return {
    of,
    async heed(alert, document, areas) {
      if (!alert.isSignatureGood) return areas;
      const id = alertEmergencyId(alert, crypto);
      if (underWay.has(id)) return [];
      underWay.add(id);
      try {
        const later = await laterOf(parts, alert);
        if (later.some(({ msgType }) => msgType === "Cancel")) return [];
        // Of what persons have let out themselves no more goes out by itself.
        if (all(alert).length === of(alert).length) await raise(alert, document, { areas, later });
        const warned = [alert, ...later].flatMap((one) => all(one).flatMap((stored) => stored.areas));
        const left = warned.length === 0 ? areas : areasLeft(areas, warned, parts.tree());
        // After it went out: an update takes the place of what it names, and nothing is silent in between.
        await takeBack(alert, left);
        return left;
      } finally {
        underWay.delete(id);
      }
    },
  };
}

interface ToCover {
  readonly alert: CapAlert;
  readonly document: string;
  readonly at: Instant;
  /** What it became before: the areas of it are left out. */
  readonly before: readonly StoredEmergency[];
}

/** Null: the standing approval covers nothing more of it, or boxes would not take it any more, or it does not fit. */
function orderUnder(
  kept: KeptApproval,
  { alert, document, at, before }: ToCover,
  { crypto, tree }: { readonly crypto: Crypto; readonly tree: AreaTree },
): OrderToRaise | null {
  const reckoned = orderFromCovered(kept.approved, alert, at, crypto);
  if (!reckoned.ok || at > reckoned.value.approveBy) return null;
  const said = before.flatMap((stored) => stored.areas);
  const areas = reckoned.value.areas.filter((area) => !isTouchedBy(said, area, tree));
  if (areas.length === 0) return null;
  const named = before.length === 0 ? reckoned.value : asPart(reckoned.value, kept.approved, crypto);
  const order = { ...named, areas };
  // Every box asks the same: what it would refuse waits for persons.
  const packed = packAlert(document);
  if (packed === null || !readPinnedAlert(packed, kept.approved.keys).ok) return null;
  const signed = { standing: signedApproval(kept), alert: packed };
  const isFit = fitsEnvelope({ emergency: emergencyFrom(order, at), proof: signed });
  return isFit ? { order, signed, by: null, at } : null;
}

/**
 * What its sender has said of it since, where that was quicker: feeds tell the newest first (RFC 4287 leaves the order
 * open). A false alarm that its sender has cancelled must not be said after all.
 */
async function laterOf({ db }: AlertRaisingParts, alert: CapAlert): Promise<readonly CapAlert[]> {
  const since = await alertsSince(db, plus(alert.sent, -CLOCK_TOLERANCE_MS), MAX_LATER);
  return since
    .map((one) => one.alert)
    .filter(({ isSignatureGood, sender, status, msgType, references }) => {
      if (!isSignatureGood || sender !== alert.sender || status !== alert.status) return false;
      if (msgType !== "Cancel" && msgType !== "Update") return false;
      return references.some(
        (one) =>
          one.sender === sender && one.identifier === alert.identifier && one.sentText === alert.sentText,
      );
    });
}

/** A STOP came after its sender had sent it: boxes refuse it, and persons look at it. */
async function isOvertaken({ db, tree }: AlertRaisingParts, { order }: OrderToRaise): Promise<boolean> {
  const stopped = await areasStoppedSince(db, order.draftedAt);
  return stopped.some((area) => isTouchedBy(order.areas, area, tree()));
}
