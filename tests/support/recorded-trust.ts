import { type AlertDrafts, createAlertDrafts } from "@loa/controller/alert-drafts.ts";
import type { Changes } from "@loa/controller/changes.ts";
import type { ControllerConfig } from "@loa/controller/config.ts";
import { createDraftKeeper, type DraftKeeper } from "@loa/controller/draft-keeper.ts";
import { createPressingCommit } from "@loa/controller/pressing-commit.ts";
import { createRosterKeeper, type RosterKeeper } from "@loa/controller/roster-keeper.ts";
import type { Database } from "@loa/controller/store/database.ts";
import { treeOn } from "@loa/shared/broadcast/area.ts";
import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";

export interface RecordedTrust {
  readonly drafts: DraftKeeper;
  readonly rosters: RosterKeeper;
  readonly alertDrafts: AlertDrafts;
}

/** The real keepers of rosters and drafts; what goes out is raised by recorded changes, and no box hears of it. */
export function createRecordedTrust({
  db,
  clock,
  log,
  config,
  changes,
}: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: ControllerConfig;
  readonly changes: Pick<Changes, "raise">;
}): RecordedTrust {
  const said: Outgoing[] = [];
  const send = (message: Outgoing) => void said.push(message);
  const rosters = createRosterKeeper({ db, clock, log, crypto: nodeCrypto, config, send }, []);
  const writes = {
    add() {
      throw new Error("the disk of a test is never full");
    },
  };
  const drafts = createDraftKeeper(
    {
      clock,
      crypto: nodeCrypto,
      log,
      commit: createPressingCommit({ db, log, writes }),
      roster: rosters.inForce,
      tree: () => treeOn([], "2026-11-23" as never),
      lineageOf: () => [],
      emergencies: {
        async raise(order, also) {
          if (also !== undefined) await db.transaction().execute(also);
          return changes.raise(order);
        },
      },
      localChanged: () => {},
    },
    [],
  );
  const alertDrafts = createAlertDrafts({ clock, log, crypto: nodeCrypto, drafts, rosters });
  return { drafts, rosters, alertDrafts };
}
