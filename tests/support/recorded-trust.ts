import { type AlertDrafts, createAlertDrafts } from "@loa/controller/alert-drafts.ts";
import { type AlertRaising, createAlertRaising } from "@loa/controller/alert-raising.ts";
import type { Changes } from "@loa/controller/changes.ts";
import type { ControllerConfig } from "@loa/controller/config.ts";
import { createDraftKeeper, type DraftKeeper } from "@loa/controller/draft-keeper.ts";
import type { EmergencyKeeper } from "@loa/controller/emergency-keeper.ts";
import { createPressingCommit } from "@loa/controller/pressing-commit.ts";
import { createRosterKeeper, type RosterKeeper } from "@loa/controller/roster-keeper.ts";
import { createStandingKeeper, type StandingKeeper } from "@loa/controller/standing-keeper.ts";
import type { Database } from "@loa/controller/store/database.ts";
import type { StoredEmergency } from "@loa/controller/store/emergencies.ts";
import { type AreaTree, treeOn } from "@loa/shared/broadcast/area.ts";
import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { alertOf } from "@loa/shared/trust/alert-order.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";

export interface RecordedTrust {
  readonly drafts: DraftKeeper;
  readonly rosters: RosterKeeper;
  readonly alertDrafts: AlertDrafts;
  readonly alertRaising: AlertRaising;
  readonly standings: StandingKeeper;
  /** How often boxes were to hear of what was taken back. */
  readonly withdrawals: () => number;
}

/** The real keepers of rosters and drafts; what goes out is raised by recorded changes, and no box hears of it. */
export function createRecordedTrust({
  db,
  clock,
  log,
  config,
  changes,
  tree = treeOn([], "2026-11-23" as never),
}: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: ControllerConfig;
  readonly changes: Pick<Changes, "raise" | "cancelEmergency">;
  readonly tree?: AreaTree;
}): RecordedTrust {
  const said: Outgoing[] = [];
  const send = (message: Outgoing) => void said.push(message);
  const rosters = createRosterKeeper(
    { db, clock, log, crypto: nodeCrypto, config, send, changed: () => drafts.rosterChanged() },
    [],
  );
  const writes = {
    add() {
      throw new Error("the disk of a test is never full");
    },
  };
  const commit = createPressingCommit({ db, log, writes });
  const raised = new Map<string, StoredEmergency>();
  const emergencies: Pick<EmergencyKeeper, "raise" | "ofAlert" | "cancel"> = {
    async raise(order, also) {
      if (also !== undefined) await db.transaction().execute(also);
      const stored = await changes.raise(order);
      raised.set(stored.emergency.id, stored);
      return stored;
    },
    ofAlert: (id) => [...raised.values()].filter(({ emergency }) => alertOf(emergency.id) === id),
    cancel: changes.cancelEmergency,
  };
  const drafts = createDraftKeeper(
    {
      clock,
      crypto: nodeCrypto,
      log,
      commit,
      roster: rosters.inForce,
      tree: () => tree,
      lineageOf: () => [],
      emergencies,
      localChanged: () => {},
    },
    [],
  );
  let withdrawals = 0;
  const parts = { clock, log, crypto: nodeCrypto };
  const standings = createStandingKeeper(
    {
      ...{ ...parts, commit, roster: rosters.inForce, tree: () => tree },
      withdrawnChanged: () => {
        withdrawals += 1;
      },
    },
    [],
  );
  const alertRaising = createAlertRaising({ ...parts, db, tree: () => tree, standings, emergencies });
  const alertDrafts = createAlertDrafts({ ...parts, drafts, rosters, raised: alertRaising.of });
  return { drafts, rosters, alertDrafts, alertRaising, standings, withdrawals: () => withdrawals };
}
