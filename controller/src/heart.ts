import { treeOn } from "@loa/shared/broadcast/area.ts";
import { asInstant, toLocal } from "@loa/shared/kernel/time.ts";
import { createBoxDirectory } from "./box-directory.ts";
import { createAnswers } from "./bus/answers.ts";
import type { Broker } from "./bus/broker-port.ts";
import { createIngest, writeSeen } from "./bus/ingest.ts";
import { readPending } from "./bus/pending-rows.ts";
import { type CommandEnd, createPublisher } from "./bus/publisher.ts";
import { createSeal } from "./bus/sealing.ts";
import { createSequences } from "./bus/sequences.ts";
import { createWriteQueue } from "./bus/write-queue.ts";
import type { Changes } from "./changes.ts";
import type { ControllerConfig } from "./config.ts";
import { type Counters, createCounters } from "./counters.ts";
import { isInTouch, presenceAt } from "./domain/fleet.ts";
import { createEventKeeper } from "./event-keeper.ts";
import { createFleetMemory, type FleetMemory } from "./fleet-memory.ts";
import type { LiveFeed } from "./live-feed.ts";
import { createPlanKeeper } from "./plan-keeper.ts";
import type { ControllerPorts } from "./ports.ts";
import { createReceiptKeeper } from "./receipt-keeper.ts";
import { createReceiptNews } from "./receipt-news.ts";
import { keepForDays } from "./retention.ts";
import { orderStop } from "./stop-order.ts";
import { allPlacements } from "./store/areas.ts";
import { allBoxesSeen } from "./store/box-seen.ts";
import { allPlacedBoxes, placedBox } from "./store/boxes.ts";
import type { Database } from "./store/database.ts";
import { settleOutbox } from "./store/outbox.ts";
import { allPlanProgress } from "./store/plan-writes.ts";
import { putSetting, readSetting } from "./store/settings.ts";
import { readLastReceipts, readStreams } from "./store/start-rows.ts";
import type { Work } from "./work.ts";

/** The controller without its doors to people: broker, plans, outbox, fleet and receipts. */
export interface Heart {
  readonly fleet: FleetMemory;
  readonly changes: Changes;
  readonly broker: Broker;
  readonly counters: Counters;
  /** Rows of the outbox without an answer. */
  pending(): number;
  /** Ends everything, and writes down what still waits to be written. */
  close(): Promise<void>;
}

export type HeartPorts = Pick<
  ControllerPorts,
  "clock" | "timers" | "random" | "log" | "crypto" | "blobs" | "broker"
>;

export interface HeartParts {
  readonly ports: HeartPorts;
  readonly config: Pick<ControllerConfig, "issuer" | "privateKey">;
  readonly db: Database;
  readonly work: Work;
  readonly feed: LiveFeed;
}

/** Reads everything that connecting boxes need into memory, then opens the broker. */
export async function startHeart({ ports, config, db, work, feed }: HeartParts): Promise<Heart> {
  const { clock, timers, random, log, crypto, blobs } = ports;
  const placements = await allPlacements(db);
  const tree = treeOn(placements, toLocal(clock.now()).date);
  const directory = createBoxDirectory(await allPlacedBoxes(db), tree, crypto);
  const progress = await allPlanProgress(db);
  const pending = await readPending(db, ports);
  const streams = await readStreams(db);
  const lastLook = await readSetting(db, "receipts.looked-up-to");
  const sequences = await createSequences(sequenceStore(db), work, log);
  const counters = createCounters(log);
  const writes = createWriteQueue(db, timers, log, work);
  const boxesSeen = await allBoxesSeen(db);
  const lastReceipts = await readLastReceipts(db);
  // The last thing to wait for: from here on boxes speak, and somebody must listen.
  const broker = await ports.broker(directory);
  const seal = createSeal(ports, config, sequences);

  const publisher = createPublisher({
    clock,
    timers,
    random,
    log,
    seal,
    sequences,
    send: (message) => broker.publish(message),
    ended(end) {
      writes.add({ store: (tx) => settle(tx, end) });
      plans.ended(end);
      fleet.touch(end.command.box);
    },
  });
  const plans = createPlanKeeper(
    {
      clock,
      timers,
      random,
      crypto,
      log,
      db,
      blobs,
      work,
      writes,
      directory,
      publisher: () => publisher,
      beforeChange: () => receipts.look(),
      afterChange() {
        receipts.look();
        fleet.touchAll();
      },
    },
    progress,
  );
  const fleet = createFleetMemory(
    {
      clock,
      timers,
      feed,
      directory,
      plans: () => plans,
      fellSilent: (box, { heardAt, reported }) =>
        writeSeen({ writes }, box, heardAt ?? clock.now(), reported),
    },
    boxesSeen,
    lastReceipts,
  );
  const news = createReceiptNews({ directory, plans, fleet, feed });
  const receipts = createReceiptKeeper(
    { clock, timers, writes, directory, plans: () => plans, fleet, written: news },
    lastLook === null ? null : asInstant(Number(lastLook)),
  );
  const answers = createAnswers(clock, timers, seal, (message) => broker.publish(message));
  const events = createEventKeeper(
    { clock, writes, answers, counters, directory, plans: () => plans, receiptStored: news },
    streams,
  );
  const ingest = createIngest({
    clock,
    crypto,
    directory,
    counters,
    writes,
    fleet,
    publisher,
    answers,
    plans,
    receipts,
    events,
  });
  const endRetention = keepForDays(db, clock, timers, work);

  broker.onMessage(ingest);
  broker.onClient(({ kind, box }) => {
    if (kind === "connected") fleet.heard(box, { kind: "connected" });
  });
  publisher.add(pending.filter((one) => directory.find(one.box) !== null));
  plans.refresh();

  const changes: Changes = {
    planInputsChanged: () => plans.refresh(),
    stop: (area, by) => orderStop({ clock, random, db, work, publisher }, area, by, directory.below(area)),
    async boxEnrolled(box) {
      const placed = await placedBox(db, box);
      if (placed !== null) directory.put(placed);
      plans.refresh();
    },
    async boxRevoked(box) {
      directory.revoke(box);
      broker.kick(box);
      publisher.forget(box);
      plans.forget(box);
      fleet.forget(box);
      events.forget(box);
      answers.forget(box);
    },
  };

  return {
    fleet,
    changes,
    broker,
    counters,
    pending: () => publisher.pending,
    async close() {
      endRetention();
      plans.close();
      publisher.close();
      receipts.close();
      answers.close();
      for (const { id } of directory.inService()) {
        const known = fleet.known(id);
        if (known.heardAt === null || !isInTouch(presenceAt(known, clock.now()).state)) continue;
        writeSeen({ writes }, id, known.heardAt, known.reported);
      }
      fleet.close();
      await broker.close();
      work.hurry();
      await work.settled();
      await writes.flush();
      writes.close();
    },
  };
}

function sequenceStore(db: Database) {
  return {
    read: async () => Number((await readSetting(db, "sequence.reserved")) ?? "0"),
    reserveUpTo: (highest: number) => putSetting(db, "sequence.reserved", String(highest)),
  };
}

async function settle(tx: Database, { command, state, reason, at }: CommandEnd): Promise<void> {
  await settleOutbox(tx, { boxId: command.box, commandId: command.command }, { state, reason, at });
}
