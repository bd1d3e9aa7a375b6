import type { AreaId, BoxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { toBox } from "@loa/shared/wire/topics.ts";
import type { AlertRaising } from "./alert-raising.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { Broker } from "./bus/broker-port.ts";
import { createIngest } from "./bus/ingest.ts";
import type { Changes } from "./changes.ts";
import type { Counters } from "./counters.ts";
import { isInTouch, presenceAt } from "./domain/fleet.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import type { FleetMemory } from "./fleet-memory.ts";
import type { HeartParts } from "./heart-parts.ts";
import type { HeartFigures } from "./metrics.ts";
import { growOrgans, type Organs } from "./organs.ts";
import { readPast } from "./past.ts";
import { keepPathTests, testPath } from "./path-test.ts";
import { keepForDays } from "./retention.ts";
import type { RosterKeeper } from "./roster-keeper.ts";
import type { StandingKeeper } from "./standing-keeper.ts";
import { orderStop } from "./stop-order.ts";
import { provincesAt } from "./store/areas.ts";
import { placedBox } from "./store/boxes.ts";
import { revokedSerials } from "./store/certificates.ts";

/** The controller without its doors to people: broker, plans, outbox, fleet and receipts. */
export interface Heart {
  readonly fleet: FleetMemory;
  readonly changes: Changes;
  readonly drafts: DraftKeeper;
  readonly rosters: RosterKeeper;
  readonly standings: StandingKeeper;
  readonly alertRaising: AlertRaising;
  readonly broker: Broker;
  readonly counters: Counters;
  readonly figures: () => HeartFigures;
  /** Ends everything, and writes down what still waits to be written. */
  close(): Promise<void>;
}

/** Reads everything that connecting boxes need into memory, then opens the broker. */
export async function startHeart(parts: HeartParts): Promise<Heart> {
  const { clock, timers, crypto } = parts.ports;
  const past = await readPast(parts);
  const { directory } = past;
  await parts.ports.authority?.publishRevoked(await revokedSerials(parts.db, clock.now()));
  // The last thing to wait for: from here on boxes speak, and somebody must listen.
  const broker = await parts.ports.broker(directory);
  const organs = growOrgans(parts, past, broker);
  const { publisher, plans, fleet, emergencies } = organs;
  const ingest = createIngest({ clock, crypto, signatures: parts.ports.signatures, directory, ...organs });
  broker.onMessage(ingest.message);
  broker.onClient(({ kind, box }) => {
    if (kind === "connected") ingest.connected(box);
  });
  const endRetention = keepForDays(parts.db, clock, timers, parts.work);
  const endPathTests = keepPathTests(
    { ...parts.ports, db: parts.db, work: parts.work, publisher, directory },
    () => provincesAt(parts.db, clock.now()),
  );
  publisher.add(past.pending.filter((one) => directory.find(one.box) !== null));
  organs.rosters.start();
  emergencies.start();
  organs.locals.start();
  organs.withdrawals.start();
  plans.refresh();
  return {
    fleet,
    broker,
    drafts: organs.drafts,
    rosters: organs.rosters,
    standings: organs.standings,
    alertRaising: organs.alertRaising,
    counters: organs.counters,
    changes: changesOf(parts, directory, organs, broker),
    figures: () => ({
      boxes: fleet.presences(),
      outboxPending: publisher.pending,
      emergenciesInForce: emergencies.inForce(),
      planProblems: plans.problems(),
      messagesRefused: organs.counters.refused(),
      commandsRefused: organs.counters.refusedByBoxes(),
      writesWaiting: organs.writes.waiting,
      samplesDropped: organs.writes.droppedSamples,
      broker: broker.stats(),
    }),
    async close() {
      endRetention();
      endPathTests();
      ingest.settle();
      await stop(parts, directory, organs, broker);
    },
  };
}

function changesOf(parts: HeartParts, directory: BoxDirectory, organs: Organs, broker: Broker): Changes {
  const { db, work } = parts;
  const { publisher, plans, fleet, events, answers, emergencies, clones } = organs;
  const toStop = {
    lastEndIn: emergencies.lastEndIn,
    stopped(area: AreaId, at: Instant) {
      emergencies.stopped(area, at);
      organs.drafts.stopped(area, at);
    },
  };
  return {
    planInputsChanged: () => plans.refresh(),
    stop: (area, by) =>
      orderStop(
        { ...parts.ports, db, work, publisher, emergencies: toStop },
        area,
        by,
        directory.below(area),
      ),
    testPath: (area, by) => testPath({ ...parts.ports, db, work, publisher, directory }, area, by),
    raise: (order) => emergencies.raise(order),
    emergency: (id) => emergencies.find(id),
    stoppedIn: (id) => emergencies.stoppedIn(id),
    cancelEmergency: (id, by, how) => emergencies.cancel(id, by, how),
    async boxEnrolled(box: BoxId) {
      const placed = await placedBox(db, box);
      if (placed !== null) directory.put(placed);
      emergencies.enrolled(box);
      organs.withdrawals.enrolled(box);
      plans.refresh();
    },
    async clusterChanged(cluster) {
      for (const box of directory.inService().filter((one) => one.clusterId === cluster)) {
        const placed = await placedBox(db, box.id);
        if (placed !== null) directory.put(placed);
      }
      plans.refresh();
    },
    async boxRevoked(box: BoxId) {
      directory.revoke(box);
      broker.kick(box);
      publisher.forget(box);
      plans.forget(box);
      fleet.forget(box);
      events.forget(box);
      answers.forget(box);
      clones.forget(box);
      // An empty retained message leaves nothing to read for whoever still holds the credential (MQTT 3.1.1, 3.3.1-10).
      broker.publish(toBox(box, "plan", ""));
      await parts.ports.authority?.publishRevoked(await revokedSerials(db, parts.ports.clock.now()));
    },
    boxCloned: (box, sign) => clones.found(box, sign),
    cloneCleared: (box) => clones.forget(box),
  };
}

async function stop(
  parts: HeartParts,
  directory: BoxDirectory,
  organs: Organs,
  broker: Broker,
): Promise<void> {
  const { plans, publisher, receipts, answers, fleet, writes } = organs;
  plans.close();
  publisher.close();
  receipts.close();
  answers.close();
  for (const { id } of directory.inService()) {
    const known = fleet.known(id);
    if (known.heardAt === null || !isInTouch(presenceAt(known, parts.ports.clock.now()).state)) continue;
    writes.addSeen({ boxId: id, lastHeardAt: known.heardAt, reported: known.reported });
  }
  fleet.close();
  await broker.close();
  parts.work.hurry();
  await parts.work.settled();
  await writes.flush();
  writes.close();
}
