import { loadModbusProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import type { AgentConfig } from "@loa/edge-agent/config.ts";
import { deviceSetup } from "@loa/edge-agent/devices/device-setup.ts";
import type { PlanItem } from "@loa/shared/broadcast/air-item.ts";
import { type Manifest, manifest } from "@loa/shared/broadcast/content.ts";
import { type Emergency, emergency } from "@loa/shared/broadcast/emergency.ts";
import type { Plan, PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Receipt } from "@loa/shared/broadcast/receipt.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { SigningKey } from "@loa/shared/kernel/ambient.ts";
import { type AreaId, areaId, boxId, type Sha256, scheduleId, sha256 } from "@loa/shared/kernel/ids.ts";
import {
  HOUR_MS,
  type Instant,
  type LocalDate,
  type LocalTime,
  plus,
  SECOND_MS,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { type AckBody, type AsRun, ackBody, type EventBody, eventBody } from "@loa/shared/wire/bodies.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { type Audience, type EnvelopeKind, seal } from "@loa/shared/wire/envelope.ts";
import { areaTopic, boxTopic, rosterTopic, toBox } from "@loa/shared/wire/topics.ts";
import { presence, type Reported, reported, type Status, status } from "@loa/shared/wire/uplink.ts";
import { contentsOf } from "@loa/simulator/virtual/message-check.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createTrace } from "@loa/simulator/virtual/trace.ts";
import { createVirtualBox, type VirtualBox } from "@loa/simulator/virtual/virtual-box.ts";
import { virtualClipBytes } from "@loa/simulator/virtual/virtual-clip.ts";
import { keyPairFrom } from "@loa/simulator/virtual/virtual-identity.ts";
import { createVirtualNetwork } from "@loa/simulator/virtual/virtual-network.ts";
import { createVirtualTime } from "@loa/simulator/virtual/virtual-time.ts";
import { createLogBook } from "./log-book.ts";
import { clipItem, emptyPlan } from "./plans.ts";

/** A Monday. */
export const MONDAY = "2026-11-30" as LocalDate;
const province = areaId.parse("tinh");
const id = boxId.parse("cum-1");
const profileFile = `${import.meta.dirname}/../../hardware-profiles/loa-reference-amplifier.yaml`;

/** What left the loudspeaker, in true time. */
export interface HeardSound {
  readonly clip: Sha256;
  readonly offsetMs: number;
  readonly from: Instant;
  readonly to: Instant | null;
}

export interface AnySound {
  readonly what: string;
  readonly offsetMs: number;
  readonly from: Instant;
  readonly to: Instant | null;
}

export interface BoxWorldOptions {
  readonly seed?: string;
  /** Local time on Monday at which the world begins. */
  readonly beginsAt?: string;
  readonly hasBatteryClock?: boolean;
  /** Other points than those of the reference amplifier. */
  readonly profile?: (profile: ModbusProfile) => ModbusProfile;
  readonly config?: Partial<AgentConfig>;
  /** Where the broker knows it, beside the province. */
  readonly areas?: readonly AreaId[];
}

/** What is wrong with an envelope that is otherwise good. */
export interface Forgery {
  readonly audience?: Audience;
  readonly privateKey?: SigningKey;
  readonly issuer?: string;
  /** When it says that it was sealed. */
  readonly issuedAt?: Instant;
  readonly sequence?: number;
}

export type BoxWorld = Awaited<ReturnType<typeof boxWorld>>;

/**
 * One real agent on a virtual machine, and a control room that only signs, publishes and writes down. For promises
 * that the box keeps alone; `world.ts` has the real controller.
 */
export async function boxWorld(options: BoxWorldOptions = {}) {
  const random = createSeededRandom(options.seed ?? "box-world");
  const time = createVirtualTime(toInstant(MONDAY, (options.beginsAt ?? "04:00:00") as LocalTime));
  const network = createVirtualNetwork(time, random.stream("network"), createLogBook());
  const key = keyPairFrom(random.stream("key"));
  const library = new Map<Sha256, Uint8Array>();
  const box = newBox();
  const room = openRoom();

  function newBox(): VirtualBox {
    const loaded = loadModbusProfile(profileFile);
    if (!loaded.ok) throw new Error(loaded.error.join("\n"));
    const profile = options.profile?.(loaded.value) ?? loaded.value;
    return createVirtualBox({
      time,
      trace: createTrace(),
      random: random.stream("box"),
      network,
      download: async (hash) => {
        const bytes = library.get(hash);
        return { status: bytes === undefined ? 404 : 200, bytes: bytes ?? new Uint8Array() };
      },
      profile,
      config: {
        box: id,
        version: "test",
        ...deviceSetup([{ alias: ONLY_DEVICE, profile }]),
        privateKey: keyPairFrom(random.stream("box-key")).privateKey,
        issuers: new Map([["room", key.publicKey]]),
        builtAt: toInstant("2026-11-01" as LocalDate, "00:00:00" as LocalTime),
        ...options.config,
      },
      password: "secret",
      driftPpm: 10,
      hasBatteryClock: options.hasBatteryClock ?? false,
    });
  }

  /** Signs and writes down; sends nothing again. */
  function openRoom() {
    let sequence = 0;
    const acks: AckBody[] = [];
    /** By stream and number. */
    const events = new Map<string, EventBody>();
    /** Names that came again with another event behind them: a control room would take it for a repeat. */
    const reused: string[] = [];
    const statuses: Status[] = [];
    const reports: Reported[] = [];
    const broker = network.startBroker({
      authenticate: () => "ok",
      allowedSubscriptions: () =>
        new Set([
          ...[rosterTopic, boxTopic(id, "plan"), boxTopic(id, "command")],
          ...[province, ...(options.areas ?? [])].map(areaTopic),
        ]),
    });
    const sealed = (kind: EnvelopeKind, body: unknown, expiresAt: Instant | null, forgery: Forgery = {}) => {
      sequence += 1;
      const { audience = { box: id }, privateKey = key.privateKey, issuer = "room" } = forgery;
      const at = forgery.issuedAt ?? time.instant();
      return seal(
        {
          v: 1,
          id: newCommandId(at, random),
          kind,
          audience,
          issuer,
          sequence: forgery.sequence ?? sequence,
          issuedAt: at,
          notBefore: at,
          expiresAt,
          critical: [],
          body,
        },
        { issuer, privateKey },
        nodeCrypto,
      );
    };
    const command = (kind: EnvelopeKind, body: unknown, validMs: number, forgery: Forgery = {}) =>
      broker.publish(toBox(id, "command", sealed(kind, body, plus(time.instant(), validMs), forgery)));
    const answersTime = { value: true };
    broker.onMessage(({ topic, payload }) => {
      if (topic === boxTopic(id, "presence")) {
        const { online, nonce } = presence.parse(JSON.parse(payload));
        if (online && answersTime.value) command("time", { nonce, at: time.instant() }, 60 * SECOND_MS);
      }
      if (topic === boxTopic(id, "reported")) reports.push(reported.parse(JSON.parse(payload)));
      if (topic === boxTopic(id, "status")) statuses.push(status.parse(JSON.parse(payload)));
      const body = contentsOf(payload)?.body;
      if (topic === boxTopic(id, "ack")) acks.push(ackBody.parse(body));
      if (topic === boxTopic(id, "event")) {
        const event = eventBody.parse(body);
        const name = `${event.stream}/${event.number}`;
        const before = events.get(name);
        if (before !== undefined && JSON.stringify(before) !== JSON.stringify(event)) reused.push(name);
        events.set(name, event);
        command("received", { stream: event.stream, upTo: event.number }, 60 * SECOND_MS);
      }
    });
    return { broker, sealed, command, acks, events, reused, statuses, reported: reports, answersTime };
  }

  function addClip(
    name: string,
    durationMs: number,
  ): { sha256: Sha256; sizeBytes: number; durationMs: number; gainDb: number } {
    const bytes = virtualClipBytes({ clip: name, durationMs, rmsDb: -20 });
    const hash = sha256.parse(nodeCrypto.sha256Hex(bytes));
    library.set(hash, bytes);
    return { sha256: hash, sizeBytes: bytes.length, durationMs, gainDb: 0 };
  }

  const world = {
    time,
    network,
    box,
    room,
    /** Of the control room. */
    key,
    addClip,
    at: (clock: string, date: LocalDate = MONDAY) => toInstant(date, clock as LocalTime),
    /** Publishes a signed plan with these schedules, retained. */
    sendPlan(
      revision: number,
      schedules: readonly PlannedSchedule[],
      clips: Manifest["clips"],
      change: Partial<Plan> = {},
    ) {
      world.publishPlan(world.sealedPlan(revision, schedules, clips, change));
    },
    publishPlan: (text: string) => room.broker.publish(toBox(id, "plan", text)),
    sealedPlan(
      revision: number,
      schedules: readonly PlannedSchedule[],
      clips: Manifest["clips"],
      change: Partial<Plan> = {},
      forgery: Forgery = {},
    ): string {
      const text = JSON.stringify(manifest.parse({ v: 1, clips }));
      const manifestHash = sha256.parse(nodeCrypto.sha256Hex(text));
      library.set(manifestHash, new TextEncoder().encode(text));
      const wanted = emptyPlan({ revision, manifest: manifestHash, schedules: [...schedules], ...change });
      return room.sealed("plan", { plan: wanted }, null, forgery);
    },
    /** Lets the world run until this true time. */
    until: (at: Instant) => time.runUntil(time.timeOf(at)),
    heard: (): readonly HeardSound[] =>
      box.loudspeaker.stretches.flatMap((stretch) =>
        stretch.source.kind === "clip"
          ? [
              {
                clip: stretch.source.sha256,
                offsetMs: stretch.offsetMs,
                from: time.instantAt(stretch.from),
                to: stretch.to === null ? null : time.instantAt(stretch.to),
              },
            ]
          : [],
      ),
    /** Everything that left the loudspeaker, in one word each, in true time. */
    sounds: (): readonly AnySound[] =>
      box.loudspeaker.stretches.map(({ source, offsetMs, from, to }) => ({
        what: source.kind === "clip" ? source.sha256 : source.kind,
        offsetMs: Math.round(offsetMs),
        from: time.instantAt(from),
        to: to === null ? null : time.instantAt(to),
      })),
    /** Raises an emergency at this box, signed, and answers it. */
    raise(change: Partial<Emergency> = {}): Emergency {
      const at = time.instant();
      const raised = emergency.parse({
        id: "lu-quet",
        severity: "actual",
        headline: "Lũ quét",
        at,
        expiresAt: plus(at, HOUR_MS),
        sirenMs: 8 * SECOND_MS,
        notice: null,
        times: 1,
        gapMs: 0,
        ...change,
      });
      room.command("emergency", { emergency: raised }, HOUR_MS);
      return raised;
    },
    cancel: (raised: Pick<Emergency, "id">) => room.command("cancel", { emergency: raised.id }, HOUR_MS),
    stop: (at: Instant) => room.command("stop", { at }, HOUR_MS),
    asRun: (): readonly AsRun[] =>
      [...room.events.values()].flatMap(({ event }) => (event.kind === "as-run" ? [event] : [])),
    /** The last word on each occurrence: an early one is replaced by a later one. */
    receipts: (): readonly Receipt[] => {
      const last = new Map<string, Receipt>();
      for (const { event } of room.events.values())
        if (event.kind === "receipt") last.set(event.receipt.occurrenceId, event.receipt);
      return [...last.values()];
    },
    /** The last list of raised faults that the box sent. */
    faults: (): readonly string[] => {
      const last = room.statuses.findLast((one) => one.k === "fault");
      return last?.k === "fault" ? last.faults.map((fault) => fault.c) : [];
    },
  };
  box.boot();
  return world;
}

/** Every day at these local times. */
export function daily(
  name: string,
  times: readonly string[],
  items: readonly (PlanItem | { readonly sha256: Sha256; readonly durationMs: number })[],
  change: Partial<PlannedSchedule> = {},
): PlannedSchedule {
  return {
    id: scheduleId.parse(name),
    title: name,
    class: "normal",
    order: 0,
    recurrence: {
      times: times.map((one) => one as LocalTime),
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      from: MONDAY,
      to: null,
      except: [],
      repeat: null,
    },
    turnMs: 0,
    chime: false,
    items: items.map((one) => ("kind" in one ? one : clipItem(one))),
    exception: false,
    effectiveFrom: toInstant("2026-11-01" as LocalDate, "00:00:00" as LocalTime),
    ...change,
  };
}

/** Clocks and decoders may differ by this about where in a clip they are. */
const SAME_PLACE_MS = 250;

/** Pairs of stretches of one clip, close in time, of which the second begins before the first one's end. */
export function heardTwice(sounds: readonly HeardSound[]): readonly string[] {
  const found: string[] = [];
  const upTo = new Map<Sha256, { readonly positionMs: number; readonly at: Instant }>();
  for (const { clip, offsetMs, from, to } of sounds) {
    const before = upTo.get(clip);
    const isSameOccurrence = before !== undefined && from - before.at < 12 * HOUR_MS;
    if (isSameOccurrence && offsetMs < before.positionMs - SAME_PLACE_MS) {
      found.push(`${clip.slice(0, 8)}: up to ${before.positionMs} ms, then again from ${offsetMs} ms`);
    }
    const end = to ?? from;
    upTo.set(clip, { positionMs: offsetMs + (end - from), at: end });
  }
  return found;
}
