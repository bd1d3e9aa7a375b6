import { createAlertDrafts } from "./alert-drafts.ts";
import { keepAlertFeeds } from "./alert-feeds.ts";
import { createApi } from "./api/create-api.ts";
import { keepAuditHeads } from "./audit/heads.ts";
import type { ControllerConfig } from "./config.ts";
import type { Counters } from "./counters.ts";
import { keepExpiryAlarms } from "./expiry-alarms.ts";
import { makeFirstStart } from "./first-start.ts";
import { startHeart } from "./heart.ts";
import { createLiveFeed } from "./live-feed.ts";
import { keepOriginalsForDays } from "./original-retention.ts";
import type { ControllerPorts } from "./ports.ts";
import { createRenditionFiller } from "./rendition-filler.ts";
import { openDatabase } from "./store/migrate.ts";
import { createWork } from "./work.ts";

export interface Controller {
  /** Answers one HTTP request. `env` is what @hono/node-server hands over, with the address of the other end. */
  fetch(request: Request, env?: object): Promise<Response>;
  /** Nothing that the controller started by itself is under way; timers may be armed. */
  settled(): void | Promise<void>;
  close(): Promise<void>;
  /** What boxes said and was not believed. */
  refused(): ReturnType<Counters["refused"]>;
}

export const VERSION = "0.1.0";

/** The front door of the control room. Everything outside is in the ports; no time passes but by the clock there. */
export async function createController(
  ports: ControllerPorts,
  config: ControllerConfig,
): Promise<Controller> {
  const { clock, timers, random, crypto, log, blobs, uploads, media, authority } = ports;
  const db = await openDatabase(ports.database);
  const isFirstStart = await makeFirstStart(db, ports, config);
  const work = createWork(timers, log);
  const feed = createLiveFeed(timers);
  const heart = await startHeart({ ports, config, db, work, feed });
  const filled = heart.changes.planInputsChanged;
  const filler = createRenditionFiller({ db, blobs, media, uploads, work, log, filled });
  const { alertRaising, standings, drafts, rosters } = heart;
  const raised = alertRaising.of;
  const alertDrafts = createAlertDrafts({ clock, crypto, log, drafts, rosters, raised });
  const expiries = keepExpiryAlarms({ clock, timers, log, db, work, authority, rosters, standings });
  const ends = [
    expiries.close,
    keepOriginalsForDays({ db, blobs, clock, log }, timers, work),
    keepAuditHeads({ clock, timers, crypto, config, keeper: ports.audit, db, work }),
    keepAlertFeeds({
      ...{ clock, timers, random, crypto, log, db, work, alertDrafts, alertRaising },
      documents: ports.documents,
    }),
  ];
  filler.look();
  const api = createApi({
    ...ports,
    db,
    config,
    fleet: heart.fleet,
    alertDrafts,
    alertRaising,
    standings,
    drafts,
    rosters,
    feed,
    changes: {
      ...heart.changes,
      planInputsChanged() {
        heart.changes.planInputsChanged();
        filler.look();
      },
    },
    figures: heart.figures,
    expiring: expiries.count,
    version: VERSION,
  });
  log.info("controller.started", { isFirstStart });
  return {
    fetch: async (request, env) => await api.fetch(request, env),
    settled: () => work.settled(),
    refused: () => heart.counters.refused(),
    async close() {
      feed.close();
      filler.close();
      for (const end of ends) end();
      await heart.close();
      await db.destroy();
      log.info("controller.stopped");
    },
  };
}
