import type { CapAlert, CapReference } from "@loa/shared/cap/cap-alert.ts";
import type { Clock, Crypto, Log } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import { alertEmergencyId, isInEarnest, restOf } from "@loa/shared/trust/alert-order.ts";
import type { AlertRaising } from "./alert-raising.ts";
import { draftStanding } from "./domain/drafts.ts";
import { isShortEnough } from "./domain/order-size.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import type { RosterKeeper } from "./roster-keeper.ts";
import { orderFromAlert } from "./upstream/cap/cap-order.ts";

/** Makes drafts out of alerts whose sender is known, and takes them back when the sender does. */
export interface AlertDrafts {
  heed(alert: CapAlert, areas: readonly AreaId[]): Promise<void>;
  /** The draft that the alert became; null: none. */
  of(alert: CapReference): EmergencyId | null;
}

export interface AlertDraftParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly drafts: Pick<DraftKeeper, "add" | "find" | "withdraw">;
  readonly rosters: Pick<RosterKeeper, "inForce">;
  /** What it became by itself. */
  readonly raised: AlertRaising["of"];
}

/** A storm has fewer, and whoever has stolen one sender's token must not bury what others send. */
export const MAX_OPEN_OF_SENDER = 50;

export function createAlertDrafts(parts: AlertDraftParts): AlertDrafts {
  const { clock, crypto, log, drafts, rosters } = parts;
  /** What waited of each sender when its last draft was made. */
  const waiting = new Map<string, readonly EmergencyId[]>();

  /** The same for every message that names it, so that an update finds what it updates. */
  const nameOf = (of: CapReference) => alertEmergencyId(of, crypto);
  /** Of what is left where a part of it went out by itself. */
  const nameOfRest = (of: CapReference) => restOf(nameOf(of));
  const find = (of: CapReference) => drafts.find(nameOf(of)) ?? drafts.find(nameOfRest(of));

  function isOpen(id: EmergencyId): boolean {
    const draft = drafts.find(id);
    return draft !== null && draftStanding(draft, clock.now()) === "open";
  }

  return {
    async heed(alert, areas) {
      // Only who may be approved by two persons becomes a draft: without a roster nobody approves.
      const roster = rosters.inForce();
      if (roster === null) return;
      if (alert.msgType === "Update" || alert.msgType === "Cancel") {
        for (const one of alert.references) {
          const draft = one.sender === alert.sender ? find(one) : null;
          if (draft === null || !isInEarnest(alert, draft.order.severity)) continue;
          if (draftStanding(draft, clock.now()) === "open") await drafts.withdraw(draft.order.id, null);
        }
      }
      const isRest = parts.raised(alert).length > 0;
      const order = orderFromAlert(alert, areas, clock.now(), isRest ? nameOfRest : nameOf);
      if (order === null || find(alert) !== null) return;
      const { sender } = alert;
      if (!isShortEnough(order, roster.approvals[order.severity]))
        return log.warn("alert.not-drafted", { sender, reason: "too-long" });
      const own = (waiting.get(sender) ?? []).filter(isOpen);
      if (own.length >= MAX_OPEN_OF_SENDER) return log.warn("alert.not-drafted", { sender });
      waiting.set(sender, [...own, order.id]);
      await drafts.add(order, order.approveBy);
      log.info("alert.drafted", { id: order.id, sender: alert.sender });
    },
    of: (alert) => find(alert)?.order.id ?? null,
  };
}
