import type { Clock, Crypto } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Presence, Status } from "@loa/shared/wire/uplink.ts";
import type { BoxDirectory } from "../box-directory.ts";
import type { CloneKeeper } from "../clone-keeper.ts";
import type { Counters } from "../counters.ts";
import { type BoxKnown, believedAt, isWorthKeeping, samplesOf } from "../domain/fleet.ts";
import { afterOneMore, messagesOfABox, type Pace } from "../domain/message-pace.ts";
import { lookOf } from "../domain/readiness.ts";
import type { EmergencyKeeper } from "../emergency-keeper.ts";
import type { EventKeeper } from "../event-keeper.ts";
import type { FleetMemory } from "../fleet-memory.ts";
import type { PlanKeeper } from "../plan-keeper.ts";
import type { ReceiptKeeper } from "../receipt-keeper.ts";
import { putDataUse } from "../store/data-use.ts";
import { putFaults } from "../store/fault-log.ts";
import { putLook } from "../store/readiness-looks.ts";
import type { Answers } from "./answers.ts";
import type { FromBox } from "./broker-port.ts";
import { type Incoming, openDoor, signedPartOf } from "./door.ts";
import type { Publisher } from "./publisher.ts";
import { knowing, type SignatureChecks, type SignedBy } from "./signature-checks.ts";
import { createTurns } from "./turns.ts";
import type { WriteQueue } from "./write-queue.ts";

export interface IngestParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly signatures: SignatureChecks;
  readonly directory: BoxDirectory;
  readonly counters: Counters;
  readonly writes: WriteQueue;
  readonly fleet: FleetMemory;
  readonly publisher: Publisher;
  readonly answers: Answers;
  readonly plans: PlanKeeper;
  readonly receipts: ReceiptKeeper;
  readonly events: EventKeeper;
  readonly emergencies: Pick<EmergencyKeeper, "sounds">;
  readonly clones: Pick<CloneKeeper, "met">;
}

/** Takes in what boxes send: parsed once here, then shared out. */
export interface Ingest {
  message(message: FromBox): void;
  /** A new connection of the box; what came over the one before was said before it. */
  connected(box: BoxId): void;
  /** Takes in whatever still waits for a look at its signature: what the broker has acknowledged is not forgotten. */
  settle(): void;
}

export function createIngest(parts: IngestParts): Ingest {
  const { clock, crypto, directory, counters } = parts;
  const paces = new Map<BoxId, Pace>();
  const turns = createTurns(parts.signatures);

  /** Before anything is parsed: a look at a signature costs 0.1 ms, which others wait for. */
  function isTooFast(box: BoxId): boolean {
    const pace = afterOneMore(paces.get(box) ?? null, clock.monotonic(), messagesOfABox);
    if (pace !== null) paces.set(box, pace);
    return pace === null;
  }

  function signedOf(message: FromBox): SignedBy | null {
    const signed = signedPartOf(message);
    const key = signed === null ? null : directory.keyOf(message.box);
    return signed === null || key === null ? null : { key, ...signed };
  }

  return {
    message(message) {
      const { box } = message;
      if (directory.find(box) === null) return;
      if (isTooFast(box)) return counters.refuse(box, "too-fast");
      turns.came(box, signedOf(message), (verdict) => {
        // Meanwhile it may have been revoked, or have got another key: what holds now, counts.
        if (directory.find(box) === null) return;
        const seen = verdict === null ? crypto : knowing(crypto, verdict);
        takeIn(parts, box, openDoor(message, directory.keyOf(box), seen));
      });
    },
    connected(box) {
      turns.came(box, null, () => {
        if (directory.find(box) !== null) parts.fleet.heard(box, { kind: "connected" });
      });
    },
    settle: turns.settle,
  };
}

/** Nothing here waits. */
function takeIn(parts: IngestParts, box: BoxId, incoming: Incoming): void {
  switch (incoming.kind) {
    case "refused":
      parts.counters.refuse(box, incoming.reason);
      break;
    case "presence":
      hearPresence(parts, box, incoming.body);
      break;
    case "reported": {
      const { before, after } = parts.fleet.heard(box, incoming);
      if (after === before) break;
      parts.plans.reported(box, incoming.body);
      parts.writes.addSeen({ boxId: box, lastHeardAt: parts.clock.now(), reported: incoming.body });
      break;
    }
    case "status": {
      const { before, after } = parts.fleet.heard(box, incoming);
      if (after === before) break;
      if (after.onAir !== null && after.onAir !== before.onAir) {
        parts.emergencies.sounds(box, after.onAir.occurrenceId, after.onAir.since);
      }
      writeStatus(parts, box, incoming.body, before, after);
      break;
    }
    case "ack":
      // Also of what we have never sent: who has the broker tries it there.
      if (incoming.body.state === "refused")
        parts.counters.refuseAt(box, incoming.body.reason ?? "malformed");
      parts.publisher.acknowledged(box, incoming.body);
      break;
    case "event":
      if (incoming.body.event.kind === "receipt")
        parts.receipts.came(box, incoming.body.event.receipt.occurrenceId);
      parts.events.take(box, incoming.body, incoming.envelope);
      break;
  }
}

function hearPresence({ fleet, clones, answers, publisher }: IngestParts, box: BoxId, body: Presence): void {
  fleet.heard(box, { kind: "presence", body });
  if (!body.online) return;
  clones.met(box, { session: body.session, machine: body.machine ?? null });
  if (body.nonce !== "") answers.time(box, body.nonce);
  // It has subscribed before it said that it is here, so nothing sent now is lost for want of a listener.
  publisher.boxConnected(box);
}

function writeStatus(
  parts: IngestParts,
  box: BoxId,
  status: Status,
  before: BoxKnown,
  after: BoxKnown,
): void {
  const { writes } = parts;
  const now = parts.clock.now();
  switch (status.k) {
    case "fault":
      if (!isSameFaults(before, after)) {
        writes.add({ store: (tx) => putFaults(tx, box, after.faults, now) });
      }
      return;
    case "ready": {
      const look = lookOf(status, believedAt(status.at, now));
      if (look !== null) writes.add({ store: (tx) => putLook(tx, { boxId: box, ...look }) });
      return;
    }
    case "use": {
      const { m: month, up: upBytes, down: downBytes, sound: soundBytes, around: aroundBytes } = status;
      const use = { month, upBytes, downBytes, soundBytes, aroundBytes, at: believedAt(status.at, now) };
      writes.add({ store: (tx) => putDataUse(tx, box, use) });
      return;
    }
    case "sample": {
      const at = believedAt(status.at, now);
      const samples = samplesOf(status)
        .filter(([capability, value]) => isWorthKeeping(before.values, capability, value, at))
        .map(([capability, value]) => ({ boxId: box, capability, at, value }));
      if (samples.length > 0) writes.addSamples(samples);
      return;
    }
    case "h":
    case "air":
    case "level":
      return;
  }
}

function isSameFaults(before: BoxKnown, after: BoxKnown): boolean {
  if (before.faultsAt === null || before.faults.length !== after.faults.length) return false;
  return after.faults.every((fault) =>
    before.faults.some(
      (one) =>
        one.kind === fault.kind &&
        one.since === fault.since &&
        one.value === fault.value &&
        one.threshold === fault.threshold,
    ),
  );
}
