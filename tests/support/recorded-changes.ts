import { type Changes, raiserOf } from "@loa/controller/changes.ts";
import { standingOf } from "@loa/controller/domain/emergencies.ts";
import { allPlacedBoxes } from "@loa/controller/store/boxes.ts";
import type { Database } from "@loa/controller/store/database.ts";
import { emergencyById, insertEmergency, setCancelled } from "@loa/controller/store/emergencies.ts";
import { insertOutbox } from "@loa/controller/store/outbox.ts";
import { insertPathTest } from "@loa/controller/store/path-tests.ts";
import { insertStop } from "@loa/controller/store/stop-orders.ts";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";

/** What the API told the rest of the controller. A stop is written as if every box of the province were meant. */
export interface ApiChanges extends Changes {
  readonly enrolled: readonly BoxId[];
  readonly revoked: readonly BoxId[];
  readonly cloned: readonly BoxId[];
  readonly planWakes: () => number;
  /** What the heart knows of STOPs that are not in the books. */
  readonly stoppedUnwritten: Map<EmergencyId, readonly AreaId[]>;
}

export function createRecordedChanges(db: Database, clock: Clock): ApiChanges {
  const enrolled: BoxId[] = [];
  const revoked: BoxId[] = [];
  const cloned: BoxId[] = [];
  const stoppedUnwritten = new Map<EmergencyId, readonly AreaId[]>();
  const random = createSeededRandom("stops");
  let wakes = 0;
  return {
    enrolled,
    revoked,
    cloned,
    async boxCloned(box) {
      cloned.push(box);
    },
    cloneCleared: () => {},
    planWakes: () => wakes,
    planInputsChanged() {
      wakes += 1;
    },
    async testPath(area, by) {
      const at = clock.now();
      const test = { id: newCommandId(at, random), areaId: area, at, by, judgedAt: null };
      await insertPathTest(db, test);
      return test;
    },
    async stop(area, by) {
      const at = clock.now();
      const id = newCommandId(at, random);
      const boxes = await allPlacedBoxes(db);
      await insertStop(db, { id, areaId: area, at, by });
      await insertOutbox(
        db,
        boxes.map((box) => ({
          commandId: id,
          boxId: box.id,
          kind: "stop",
          body: "{}",
          areaId: area,
          createdAt: at,
          expiresAt: null,
          attempts: 0,
          nextAt: at,
          state: "pending",
          reason: null,
          doneAt: null,
        })),
      );
      return { id, at, boxes: boxes.length };
    },
    async raise({ order, signed, by, at = clock.now() }) {
      const { areas } = order;
      const command = newCommandId(at, random);
      const stored = {
        emergency: emergencyFrom(order, at),
        areas,
        command,
        raisedBy: raiserOf({ order, by }),
        signed,
        cancelled: null,
      };
      await insertEmergency(db, stored);
      return stored;
    },
    emergency: () => null,
    stoppedUnwritten,
    stoppedIn: (id) => stoppedUnwritten.get(id) ?? [],
    async cancelEmergency(id, by, how) {
      const at = clock.now();
      const stored = await emergencyById(db, id);
      if (stored === null || standingOf(stored, at) !== "in-force") return null;
      const cancelled = { at, by, command: newCommandId(at, random), isCorrected: how === "corrected" };
      await setCancelled(db, id, cancelled);
      return { ...stored, cancelled };
    },
    async boxEnrolled(box) {
      enrolled.push(box);
    },
    async clusterChanged() {
      wakes += 1;
    },
    async boxRevoked(box) {
      revoked.push(box);
    },
  };
}
