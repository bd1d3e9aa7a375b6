import { EMPTY_AGENDA } from "@loa/edge-agent/core/air.ts";
import { NO_AMPLIFIER } from "@loa/edge-agent/core/amplifier.ts";
import { startTime, timeAt } from "@loa/edge-agent/core/box-time.ts";
import { NO_CONTENT } from "@loa/edge-agent/core/content-sync.ts";
import { NO_DEVICES } from "@loa/edge-agent/core/devices.ts";
import type { AirSource, Effect, PlayEffect } from "@loa/edge-agent/core/effect.ts";
import type { AgentEvent } from "@loa/edge-agent/core/event.ts";
import { HEALTHY } from "@loa/edge-agent/core/health.ts";
import { type Memory, NO_LOCAL, NO_TESTS, type Noted } from "@loa/edge-agent/core/memory.ts";
import { toMono } from "@loa/edge-agent/core/moment.ts";
import { NO_USE, NOTHING_COUNTED } from "@loa/edge-agent/core/month-use.ts";
import { Notes } from "@loa/edge-agent/core/notes.ts";
import { SILENT } from "@loa/edge-agent/core/playout.ts";
import { NO_LOOK } from "@loa/edge-agent/core/readiness.ts";
import { NO_TEST } from "@loa/edge-agent/core/self-test.ts";
import { NO_SEQUENCES } from "@loa/edge-agent/core/sequences.ts";
import type { AmplifierSetup } from "@loa/edge-agent/core/setup.ts";
import { NOT_SILENCED } from "@loa/edge-agent/core/silence-key.ts";
import type { AgentState } from "@loa/edge-agent/core/state.ts";
import { momentOf, step } from "@loa/edge-agent/core/step.ts";
import { NO_LINK } from "@loa/edge-agent/core/uplink.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import type { Plan, PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Receipt } from "@loa/shared/broadcast/receipt.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { areaId, boxId, type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import {
  asMonotonic,
  type Instant,
  type LocalDate,
  type LocalTime,
  type MonotonicMs,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import type { SelfTest } from "@loa/shared/wire/bodies.ts";
import { type Envelope, envelope } from "@loa/shared/wire/envelope.ts";
import { createBenchDevices } from "./bench-devices.ts";
import { knobsFor } from "./bench-knobs.ts";
import { createBenchMixer } from "./bench-mixer.ts";
import { emptyPlan } from "./plans.ts";

const day = "2026-11-30" as LocalDate;
const box = boxId.parse("cum-1");
export const province = areaId.parse("tinh");
export const at = (time: string): Instant => toInstant(day, time as LocalTime);
export const hash = (letter: string): Sha256 => sha256.parse(letter.repeat(64));
export const manifestHash = hash("f");

export const EMPTY_MEMORY: Memory = {
  roster: null,
  plan: null,
  planIssuer: null,
  lastGood: null,
  probation: null,
  badRevision: 0,
  progress: Notes.of<Noted>([]),
  stoppedAt: null,
  silencedUntil: null,
  local: NO_LOCAL,
  emergencies: new Map(),
  cancelled: new Map(),
  withdrawn: new Map(),
  sequences: new Map(),
  commands: [],
  session: 0,
  stream: "stream",
  events: [],
  lastEvent: 0,
  aliveAt: null,
  floor: null,
  formerAreas: new Map(),
  ownsFrom: null,
  settledUpTo: null,
  selfTest: NO_TESTS,
  use: NO_USE,
};

export function clipOf(letter: string, durationMs: number): Clip {
  return { sha256: hash(letter), sizeBytes: 1_000, durationMs, gainDb: 0 };
}

export function planOf(
  revision: number,
  schedules: readonly PlannedSchedule[],
  change: Partial<Plan> = {},
): Plan {
  return emptyPlan({ revision, schedules: [...schedules], manifest: manifestHash, ...change });
}

export function initialState(
  memory: Partial<Memory>,
  begins: Instant,
  gain: AmplifierSetup["gain"] = null,
): AgentState {
  return {
    setup: {
      box,
      version: "test",
      bootId: "boot",
      amplifier: { profile: "p", warmUpMs: 1_000, holdMs: 5_000, gain },
      devices: [{ alias: ONLY_DEVICE, profile: "p", isAmplifier: true }],
      deadbands: {},
    },
    time: startTime(begins, asMonotonic(0), at("00:00:00")),
    memory: { ...EMPTY_MEMORY, ...memory },
    agenda: EMPTY_AGENDA,
    playout: SILENT,
    devices: NO_DEVICES,
    amplifier: NO_AMPLIFIER,
    lastSilence: null,
    sequences: NO_SEQUENCES,
    selfTest: NO_TEST,
    readiness: NO_LOOK,
    content: NO_CONTENT,
    link: NO_LINK,
    silence: NOT_SILENCED,
    health: HEALTHY,
    counted: NOTHING_COUNTED,
    airLookAt: null,
  };
}

export const CAPABILITIES: readonly Capability[] = [
  "amplifier.power",
  "amplifier.mute",
  "zone.1",
  "amplifier.level",
];
/** More wake-ups than this within one second are a heart that beats for nothing. */
const MAX_RINGS_A_SECOND = 50;

export interface AgentBenchOptions {
  readonly beginsAt?: string;
  readonly memory?: Partial<Memory>;
  /** Clips by hash; all are on the disk unless `present` says otherwise. */
  readonly clips: readonly Clip[];
  readonly present?: readonly Sha256[];
  readonly capabilities?: readonly Capability[];
  readonly sequences?: readonly SequenceName[];
  readonly gain?: AmplifierSetup["gain"];
  /** How the machine knows its time at the start. */
  readonly clock?: "synced" | "rtc";
}

/**
 * The heart alone on a small bench: a mixer, an amplifier and a broker that do what they are told, and commits that
 * always succeed. The knobs make single parts misbehave.
 */
export function agentBench(options: AgentBenchOptions) {
  let mono = asMonotonic(0);
  let state = initialState(options.memory ?? {}, at(options.beginsAt ?? "04:00:00"), options.gain ?? null);
  let ringAt: MonotonicMs | null = null;
  let rings: number[] = [];
  let sequence = 0;
  const clips = new Map(options.clips.map((clip) => [clip.sha256, clip]));
  const waiting: { readonly at: number; readonly run: () => void }[] = [];
  const said: Said[] = [];
  const plays: (PlayEffect & { readonly askedAt: Instant })[] = [];
  const receipts: Receipt[] = [];
  const selfTests: SelfTest[] = [];
  const knobs = knobsFor(options.clips);
  const after = (ms: number, run: () => void) => void waiting.push({ at: mono + ms, run });
  const parts = { post: (event: AgentEvent) => post(event), after, mono: () => mono, knobs };
  const mixer = createBenchMixer({ ...parts, clips });
  const { capabilities: offered = CAPABILITIES, sequences = [] } = options;
  const devices = createBenchDevices({ ...parts, now: () => bench.now(), offered, isHeard: mixer.isHeard });

  function post(event: AgentEvent): void {
    const answered = step(state, event, mono, 0.5);
    state = answered.state;
    const moment = momentOf(state, mono, 0.5);
    for (const effect of answered.effects) perform(effect, moment.now);
    ringAt =
      answered.ringAt === null ? ringAt : asMonotonic(Math.max(mono + 1, toMono(moment, answered.ringAt)));
  }

  function perform(effect: Effect, now: Instant): void {
    said.push({ at: now, effect });
    switch (effect.kind) {
      case "play":
        plays.push({ ...effect, askedAt: now });
        mixer.play(effect, now);
        return;
      case "stop-sound":
        mixer.stop(effect.soundId, effect.fadeMs);
        return;
      case "pause-sound":
        mixer.pause(effect.soundId, effect.fadeMs);
        return;
      case "resume-sound":
        mixer.resume(effect.soundId);
        return;
      case "write-device":
        devices.write(effect.capability, effect.value);
        return;
      case "look-now":
        devices.lookNow();
        return;
      case "run-sequence":
        devices.run(effect.sequence);
        return;
      case "verify":
        verify(effect.sha256);
        return;
      case "connect":
        if (knobs.isBrokerThere) after(50, () => post({ kind: "connected", nonce: "nonce" }));
        return;
      case "fetch":
        after(100, () => {
          const reason = knobs.fetch(effect.sha256);
          post(
            reason === null
              ? { kind: "fetched", sha256: effect.sha256 }
              : { kind: "fetch-failed", sha256: effect.sha256, reason },
          );
        });
        return;
      case "read-manifest":
        after(0, () => post({ kind: "manifest", sha256: effect.sha256, manifest: knobs.manifest }));
        return;
      case "commit":
        for (const change of effect.changes) {
          if (change.op !== "put" || change.table !== "event") continue;
          const body = JSON.parse(change.value);
          if (body.event.kind === "receipt") receipts.push(body.event.receipt);
          if (body.event.kind === "self-test") selfTests.push(body.event);
        }
        return;
      default:
    }
  }

  function verify(sha256: Sha256): void {
    after(5, () => {
      const isRotten = knobs.rotten.delete(sha256);
      post(isRotten ? { kind: "fetch-failed", sha256, reason: "wrong-hash" } : { kind: "fetched", sha256 });
    });
  }

  /** Lets time pass: rings, and runs what the bench's parts owe. */
  function pass(ms: number): void {
    const until = mono + ms;
    for (;;) {
      // Stable: what is due together comes in the order in which it was asked for.
      waiting.sort((a, b) => a.at - b.at);
      const next = waiting[0];
      const isRing = ringAt !== null && (next === undefined || ringAt <= next.at);
      const when = isRing ? ringAt : (next?.at ?? null);
      if (when === null || when > until) break;
      mono = asMonotonic(Math.max(mono, when));
      if (isRing) {
        rings = [...rings.filter((one) => one > mono - 1_000), mono];
        if (rings.length > MAX_RINGS_A_SECOND) throw new Error(`rings without end at ${bench.now()}`);
        ringAt = null;
        post({ kind: "rang" });
      } else waiting.shift()?.run();
    }
    mono = asMonotonic(until);
  }

  const bench = {
    get state() {
      return state;
    },
    change(changed: Partial<AgentState>) {
      state = { ...state, ...changed };
    },
    get mono() {
      return mono;
    },
    now: (): Instant => timeAt(state.time, mono),
    knobs,
    said,
    plays,
    get stops() {
      return soundsIn(said, "stop-sound");
    },
    get pauses() {
      return soundsIn(said, "pause-sound");
    },
    get resumes() {
      return soundsIn(said, "resume-sound");
    },
    receipts,
    selfTests,
    /** Sequences that were asked for. */
    ran: devices.ran,
    registers: devices.registers,
    post,
    pass,
    until: (time: string) => pass(toMono(momentOf(state, mono, 0), at(time)) - mono),
    /** What the machine says about its clock from now on, once. */
    host(system: Instant, clock: "synced" | "rtc" | "free") {
      post({ kind: "host", system, clock, clockErrorMs: clock === "synced" ? 5 : null, freeDiskBytes: 8e9 });
    },
    /** A command as it comes out of the door: opened, its signature good. */
    envelope(kind: Envelope["kind"], body: unknown, change: Partial<Envelope> = {}) {
      sequence += 1;
      const opened = envelopeOf(sequence, bench.now(), kind, body, change);
      post({ kind: "envelope", token: sequence, opened: { ok: true, value: opened } });
      return opened;
    },
    sendPlan: (wanted: Plan) => bench.envelope("plan", { plan: wanted }),
    /** The last word on each occurrence. */
    verdicts: () => {
      const last = new Map(receipts.map((one) => [one.occurrenceId, one]));
      return [...last.values()].map(({ verdict, cause }) => [verdict, cause]);
    },
    statuses: () => statusesIn(said.map(({ effect }) => effect)),
  };
  const begin = () => {
    post({ kind: "started", present: options.present ?? [manifestHash, ...clips.keys()] });
    pass(1);
    bench.host(bench.now(), options.clock ?? "synced");
    post({ kind: "device-identified", device: ONLY_DEVICE, sequences, capabilities: offered });
    devices.poll();
    pass(1);
  };
  begin();
  return bench;
}

/** The clip that a play asks for; null when it asks for something else. */
export function clipIn(source: AirSource): Sha256 | null {
  return source.kind === "clip" ? source.sha256 : null;
}

/** As it comes out of the door: opened, its signature good. */
export function envelopeOf(
  sequence: number,
  now: Instant,
  kind: Envelope["kind"],
  body: unknown,
  change: Partial<Envelope>,
): Envelope {
  return envelope.parse({
    v: 1,
    id: `019ac000-0000-7000-8000-${String(sequence).padStart(12, "0")}`,
    kind,
    audience: { box },
    issuer: "room",
    sequence,
    issuedAt: now,
    notBefore: now,
    expiresAt: null,
    critical: [],
    body,
    ...change,
  });
}

interface Said {
  readonly at: Instant;
  readonly effect: Effect;
}

/** Sounds of which this was asked, in order. */
function soundsIn(said: readonly Said[], kind: "stop-sound" | "pause-sound" | "resume-sound") {
  return said.flatMap(({ at, effect }) =>
    effect.kind === kind ? [{ soundId: effect.soundId, at, fadeMs: effect.fadeMs }] : [],
  );
}

function statusesIn(effects: readonly Effect[]) {
  return effects.flatMap((effect) =>
    effect.kind === "publish" && effect.message.topic.endsWith("/status")
      ? [JSON.parse(effect.message.payload)]
      : [],
  );
}
