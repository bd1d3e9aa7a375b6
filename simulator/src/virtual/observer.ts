import type { SoundSource } from "@loa/edge-agent/ports.ts";
import type { TimeSpan } from "@loa/shared/broadcast/air-rules.ts";
import { verdict } from "@loa/shared/broadcast/receipt.ts";
import { type BoxId, boxId, type CommandId, commandId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { ackBody } from "@loa/shared/wire/bodies.ts";
import { z } from "zod";
import type { WorldFault } from "./faults.ts";
import type {
  AmplifierLook,
  EmergencyHistory,
  EndState,
  Heard,
  History,
  ReceiptHistory,
  Sounded,
  StopHistory,
} from "./history.ts";
import { contentsOf, problemOf } from "./message-check.ts";
import type { Newsroom } from "./newsroom.ts";
import { boxesIn, type VirtualWorld, type WorldBox } from "./virtual-world.ts";

/** Watches a world from outside and writes its history. */
export interface Observer {
  readonly messages: number;
  history(
    newsroom: Newsroom,
    faults: readonly WorldFault[],
    quietHours: readonly TimeSpan[],
  ): Promise<History>;
}

const LOOK_AFTER_MS = 2 * SECOND_MS;
const SCAN_EVERY_MS = 5 * MINUTE_MS;
/** An amplifier may stay on this much longer than its profile says. */
const LEASE_SLACK_MS = 90 * SECOND_MS;
const WARM_UP_SLACK_MS = MINUTE_MS;
const MAX_BAD_MESSAGES = 20;

export function observe(world: VirtualWorld): Observer {
  const { time, network, boxes } = world;
  const looks: AmplifierLook[] = [];
  const leftOn: { box: BoxId; from: Instant; forMs: number }[] = [];
  const badMessages: { at: Instant; topic: string; problem: string }[] = [];
  const acceptedAt = new Map<CommandId, Map<BoxId, Instant>>();
  const beginsAt = time.instant();
  let messages = 0;

  network.overhear((direction, box, topic, payload) => {
    messages += 1;
    const problem = problemOf(topic, payload);
    if (problem !== null && badMessages.length < MAX_BAD_MESSAGES)
      badMessages.push({ at: time.instant(), topic, problem });
    if (direction === "up" && topic.endsWith("/ack")) noteAck(box, payload);
  });
  for (const { machine } of boxes) {
    machine.loudspeaker.onStretch = (stretch) => {
      time.after(LOOK_AFTER_MS, () => {
        if (stretch.to !== null || !machine.isOn) return;
        looks.push({ box: machine.id, at: time.instant(), isOn: isAmplifierOn(machine) });
      });
    };
  }
  const scan = () => {
    for (const one of boxes) scanAmplifier(one);
    time.after(SCAN_EVERY_MS, scan);
  };
  time.after(SCAN_EVERY_MS, scan);

  function noteAck(box: BoxId, payload: string): void {
    const body = ackBody.safeParse(contentsOf(payload)?.body);
    if (!body.success || body.data.state !== "accepted") return;
    const known = acceptedAt.get(body.data.command) ?? new Map<BoxId, Instant>();
    if (!known.has(box)) known.set(box, time.instant());
    acceptedAt.set(body.data.command, known);
  }

  function acceptanceOf(command: CommandId | null): ReadonlyMap<BoxId, Instant> {
    return (command === null ? null : acceptedAt.get(command)) ?? new Map();
  }

  function scanAmplifier(one: WorldBox): void {
    if (!isLeftOn(one)) return;
    // It may be warming up for what comes next: only silence after that is a violation.
    const { machine } = one;
    const before = machine.loudspeaker.stretches.length;
    time.after(WARM_UP_SLACK_MS, () => {
      if (!isLeftOn(one) || machine.loudspeaker.stretches.length > before) return;
      const quietSince = quietSinceOf(machine);
      leftOn.push({ box: machine.id, from: time.instantAt(quietSince), forMs: time.now() - quietSince });
    });
  }

  function isLeftOn({ machine }: WorldBox): boolean {
    const forMs = time.now() - quietSinceOf(machine);
    if (!machine.isOn || machine.amplifier.faults().size > 0) return false;
    return forMs >= world.profile.holdMs + LEASE_SLACK_MS && isAmplifierOn(machine);
  }

  function quietSinceOf(machine: WorldBox["machine"]): number {
    const last = machine.loudspeaker.stretches.at(-1);
    return Math.max(machine.bootedAt, last?.from ?? 0, last === undefined ? 0 : (last.to ?? time.now()));
  }

  return {
    get messages() {
      return messages;
    },
    async history(newsroom, faults, quietHours) {
      const stops = newsroom.stops.map(
        ({ id, at, area }): StopHistory => ({
          at,
          boxes: boxesIn(world, area),
          knownAt: acceptedAt.get(id) ?? new Map(),
        }),
      );
      const commands = emergencyRows.parse(
        world.controller.database.rows("SELECT id, command_id, cancel_command_id FROM emergency"),
      );
      return {
        boxes: boxes.map(({ machine }) => machine.id),
        beginsAt,
        endsAt: time.instant(),
        faults,
        orders: newsroom.orders,
        stops,
        emergencies: newsroom.emergencies.map(({ emergency, area, corrects }): EmergencyHistory => {
          const row = commands.find((one) => one.id === (corrects ?? emergency.id));
          const knownAt = acceptanceOf(row?.command_id ?? null);
          const cancelKnownAt = acceptanceOf(row?.cancel_command_id ?? null);
          const boxes = boxesIn(world, area);
          if (corrects === null) return { emergency, corrects, boxes, knownAt, cancelKnownAt };
          // Who never heard of the alarm does not say that it was wrong.
          const wasTold = new Map([...cancelKnownAt].filter(([box]) => knownAt.has(box)));
          return { emergency, corrects, boxes, knownAt: wasTold, cancelKnownAt: new Map() };
        }),
        fillers: newsroom.fillers,
        quietHours,
        sounds: boxes.flatMap((one) => soundsOf(world, one)),
        amplifierLooks: looks,
        leftOn,
        badMessages,
        receipts: receiptsIn(world),
        end: await endOf(world),
      };
    },
  };
}

function isAmplifierOn(machine: WorldBox["machine"]): boolean {
  return machine.amplifier.snapshot().values["amplifier.power"] === 1;
}

function soundsOf({ time }: VirtualWorld, { machine }: WorldBox): readonly Sounded[] {
  return machine.loudspeaker.stretches.flatMap(({ source, offsetMs, from, to }) => {
    const what = heardOf(source);
    const times = { offsetMs, from: time.instantAt(from), to: time.instantAt(to ?? time.now()) };
    return what === null ? [] : [{ box: machine.id, what, ...times }];
  });
}

function heardOf(source: SoundSource): Heard | null {
  switch (source.kind) {
    case "clip":
      return { kind: "clip", sha256: source.sha256 };
    case "relay":
      return { kind: "relay", relay: source.relay.id };
    case "siren":
      return { kind: "siren", severity: source.severity };
    case "notice":
      return { kind: "notice", words: source.words };
    case "chime":
      return { kind: "chime" };
    case "tone":
      return null;
  }
}

const emergencyRows = z.array(
  z.object({ id: z.string(), command_id: commandId, cancel_command_id: commandId.nullable() }),
);
const receiptRows = z.array(z.object({ box_id: boxId, occurrence_id: occurrenceId, verdict }));
const testRows = z.array(z.object({ box_id: boxId, at: instant, outcome: z.string() }));
const countRows = z.array(z.object({ count: z.number() }));
const rowsAnswer = z.object({
  boxes: z.array(
    z.object({
      boxId,
      wantedRevision: z.number(),
      appliedRevision: z.number(),
      presence: z.object({ state: z.string() }),
      faults: z.array(z.object({ kind: z.string() })),
    }),
  ),
});

function receiptsIn({ controller }: VirtualWorld): readonly ReceiptHistory[] {
  const rows = receiptRows.parse(
    controller.database.rows("SELECT box_id, occurrence_id, verdict FROM receipt"),
  );
  return rows.map((row) => ({ box: row.box_id, occurrence: row.occurrence_id, verdict: row.verdict }));
}

/** Of the boxes whose last test has failed, when. */
function failedTestsIn({ database }: VirtualWorld["controller"]): ReadonlyMap<BoxId, Instant> {
  const tests = testRows.parse(database.rows("SELECT box_id, at, outcome FROM self_test ORDER BY at"));
  const last = new Map(tests.map((one) => [one.box_id, one]));
  const failed = [...last.values()].filter((one) => one.outcome === "failed");
  return new Map(failed.map((one) => [one.box_id, one.at]));
}

async function endOf({ boxes, controller, operator }: VirtualWorld): Promise<EndState> {
  const { boxes: rows } = await operator.do("GET", "/api/v1/boxes", rowsAnswer);
  const [pending] = countRows.parse(
    controller.database.rows("SELECT count(*) AS count FROM outbox WHERE state = 'pending'"),
  );
  const failedTests = failedTestsIn(controller);
  return {
    pendingOutbox: pending?.count ?? 0,
    boxes: boxes.map(({ machine }) => {
      const row = rows.find((one) => one.boxId === machine.id);
      return {
        box: machine.id,
        wantedRevision: row?.wantedRevision ?? -1,
        appliedRevision: row?.appliedRevision ?? -2,
        presence: row?.presence.state ?? "missing",
        shownFaults: row?.faults.map((fault) => fault.kind) ?? [],
        failedTestAt: failedTests.get(machine.id) ?? null,
        waitingEvents: [...machine.disk.records.values()].filter((record) => record.table === "event").length,
      };
    }),
  };
}
