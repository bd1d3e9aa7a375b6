import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { type AlertRaising, createAlertRaising } from "./alert-raising.ts";
import type { Broker } from "./bus/broker-port.ts";
import type { Publisher } from "./bus/publisher.ts";
import type { WriteQueue } from "./bus/write-queue.ts";
import { createDraftKeeper, type DraftKeeper } from "./draft-keeper.ts";
import { createEmergencyKeeper, type EmergencyKeeper } from "./emergency-keeper.ts";
import type { HeartParts } from "./heart-parts.ts";
import { createLocalKeeper, type LocalKeeper } from "./local-keeper.ts";
import { type OtherMessage, otherMessage } from "./messages.ts";
import type { Past } from "./past.ts";
import { createPressingCommit } from "./pressing-commit.ts";
import type { ReceiptKeeper } from "./receipt-keeper.ts";
import { createRosterKeeper, type RosterKeeper } from "./roster-keeper.ts";
import { createStandingKeeper, type StandingKeeper } from "./standing-keeper.ts";
import { createWithdrawalKeeper, type WithdrawalKeeper } from "./withdrawal-keeper.ts";

/** From what somebody writes and others approve to what boxes are told. */
export interface EmergencyOrgans {
  readonly emergencies: EmergencyKeeper;
  readonly drafts: DraftKeeper;
  readonly rosters: RosterKeeper;
  readonly locals: LocalKeeper;
  readonly standings: StandingKeeper;
  readonly withdrawals: WithdrawalKeeper;
  readonly alertRaising: AlertRaising;
  /** What boxes say besides what was raised. */
  readonly other: (id: EmergencyId) => OtherMessage | null;
}

export interface Surroundings {
  readonly writes: WriteQueue;
  readonly publisher: Publisher;
  readonly send: Broker["publish"];
  readonly receipts: () => ReceiptKeeper;
}

export function growEmergencyOrgans(
  { ports, config, db, work }: HeartParts,
  past: Past,
  { writes, publisher, send, receipts }: Surroundings,
): EmergencyOrgans {
  const { directory } = past;
  const commit = createPressingCommit({ db, writes, log: ports.log });
  const emergencies = createEmergencyKeeper(
    { ...ports, work, writes, commit, directory, publisher, receipts },
    past.emergencies,
  );
  const rosters = createRosterKeeper(
    { ...ports, db, config, send, changed: () => drafts.rosterChanged() },
    past.rosters,
  );
  const drafts = createDraftKeeper(
    {
      ...{ ...ports, commit, emergencies, roster: rosters.inForce },
      ...{ tree: directory.tree, lineageOf: directory.lineageOf },
      localChanged: (box) => locals.changed(box),
    },
    past.drafts,
  );
  const locals = createLocalKeeper(
    { ...ports, work, commit, directory, publisher, ordersOf: drafts.localOrders },
    past.locals,
  );
  const standings = createStandingKeeper(
    {
      ...{ ...ports, commit, roster: rosters.inForce, tree: directory.tree },
      withdrawnChanged: () => withdrawals.changed(),
    },
    past.standingApprovals,
  );
  const withdrawals = createWithdrawalKeeper(
    { ...ports, work, commit, directory, publisher, standings },
    past.withdrawals,
  );
  const alertRaising = createAlertRaising({ ...ports, db, tree: directory.tree, standings, emergencies });
  const other = (id: EmergencyId) => otherMessage(id, emergencies, drafts);
  return { emergencies, drafts, rosters, locals, standings, withdrawals, alertRaising, other };
}
