import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { type Answers, createAnswers } from "./bus/answers.ts";
import type { Broker } from "./bus/broker-port.ts";
import { type CommandEnd, createPublisher, type Publisher } from "./bus/publisher.ts";
import { createSeal } from "./bus/sealing.ts";
import { createWriteQueue, type WriteQueue } from "./bus/write-queue.ts";
import { type CloneKeeper, createCloneKeeper } from "./clone-keeper.ts";
import { type Counters, createCounters } from "./counters.ts";
import { type EmergencyOrgans, growEmergencyOrgans } from "./emergency-organs.ts";
import { createEventKeeper, type EventKeeper } from "./event-keeper.ts";
import { createFleetMemory, type FleetMemory } from "./fleet-memory.ts";
import type { HeartParts } from "./heart-parts.ts";
import type { Past } from "./past.ts";
import { createPlanKeeper, type PlanKeeper } from "./plan-keeper.ts";
import { createReceiptKeeper, type ReceiptKeeper } from "./receipt-keeper.ts";
import { createReceiptNews } from "./receipt-news.ts";
import type { Database } from "./store/database.ts";
import { settleOutbox } from "./store/outbox.ts";
import type { TitleOf } from "./titles.ts";

/** The parts that run as long as the controller runs. They know each other, so they are made together. */
export interface Organs extends EmergencyOrgans {
  readonly counters: Counters;
  readonly writes: WriteQueue;
  readonly publisher: Publisher;
  readonly plans: PlanKeeper;
  readonly fleet: FleetMemory;
  readonly receipts: ReceiptKeeper;
  readonly answers: Answers;
  readonly events: EventKeeper;
  readonly clones: CloneKeeper;
}

export function growOrgans(parts: HeartParts, past: Past, broker: Broker): Organs {
  const { ports, config, db, work, feed } = parts;
  const { clock, timers, random, log } = ports;
  const { directory, sequences } = past;
  const send: Broker["publish"] = (message) => broker.publish(message);
  const counters = createCounters(log);
  const writes = createWriteQueue(db, timers, log, work);
  const seal = createSeal(ports, config, sequences);

  const publisher = createPublisher({ clock, timers, random, log, seal, sequences, send, ended });
  const plans = createPlanKeeper(
    { ...ports, db, work, writes, directory, publisher: () => publisher, beforeChange, afterChange },
    past.progress,
  );
  const saying = growEmergencyOrgans(parts, past, { writes, publisher, send, receipts: () => receipts });
  const { emergencies, other } = saying;
  const titleOf: TitleOf = (id) =>
    emergencies.find(id as EmergencyId)?.emergency.headline ??
    other(id as EmergencyId)?.headline ??
    plans.titleOf(id);
  const fleet = createFleetMemory(
    {
      clock,
      timers,
      feed,
      directory,
      plans: () => plans,
      cloneOf: (box) => clones.of(box),
      titleOf,
      emergencyOf: (id) => emergencies.find(id)?.emergency.severity ?? other(id)?.severity ?? null,
      fellSilent: (box, { heardAt, reported }) =>
        writes.addSeen({ boxId: box, lastHeardAt: heardAt ?? clock.now(), reported }),
    },
    past.boxesSeen,
    past.lastReceipts,
    past.looks,
  );
  const clones = createCloneKeeper(
    { clock, log, db, work, directory, touch: (box) => fleet.touch(box) },
    past.clones,
  );
  const news = createReceiptNews({ directory, titleOf, fleet, feed });
  const receipts = createReceiptKeeper(
    { clock, timers, log, writes, directory, plans: () => plans, fleet, written: news },
    past.lastLook,
  );
  const answers = createAnswers(clock, timers, seal, send);
  const events = createEventKeeper(
    {
      ...{ clock, writes, answers, counters, directory, emergencies, other },
      ...{ plans: () => plans, receiptStored: news },
    },
    past.streams,
  );
  return { ...saying, counters, writes, publisher, plans, fleet, receipts, answers, events, clones };

  function ended(end: CommandEnd): void {
    writes.add({ store: (tx) => settle(tx, end) });
    plans.ended(end);
    emergencies.ended(end);
    fleet.touch(end.command.box);
  }

  /** What became due by the plans of a moment ago is due. */
  function beforeChange(): void {
    receipts.look();
  }

  function afterChange(): void {
    receipts.look();
    fleet.touchAll();
  }
}

async function settle(tx: Database, { command, state, reason, at }: CommandEnd): Promise<void> {
  await settleOutbox(tx, { boxId: command.box, commandId: command.command }, { state, reason, at });
}
