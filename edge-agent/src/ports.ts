import type { BuiltInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Rung } from "@loa/shared/broadcast/precedence.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { CapAlert } from "@loa/shared/cap/cap-alert.ts";
import type { AlarmChange } from "@loa/shared/device/alarm-book.ts";
import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { Clock, Crypto, Log, Random } from "@loa/shared/kernel/ambient.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { AlertUnread } from "@loa/shared/trust/alert-order.ts";
import type { SenderKey } from "@loa/shared/trust/standing-approval.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import type { Traffic } from "@loa/shared/wire/traffic.ts";

/** Everything the agent asks of the world. Each port has a real adapter and a twin in the simulator. */
export interface AgentPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly crypto: Crypto;
  readonly store: Store;
  readonly bus: Bus;
  readonly sound: Sound;
  readonly devices: Devices;
  readonly content: Content;
  readonly host: Host;
  readonly alarm: Alarm;
  readonly alerts: Alerts;
}

/** Reads what came with a standing approval: an alert of CAP 1.2, gzip as base64url. */
export interface Alerts {
  /** What one of these keys has signed of it, and nothing else. */
  read(packed: string, keys: readonly SenderKey[]): Result<CapAlert, AlertUnread>;
}

/**
 * One wake-up call. Setting it again replaces the earlier one. It goes off at `at` or up to 250 ms later, never
 * earlier, whatever the wall clock does meanwhile.
 */
export interface Alarm {
  set(at: MonotonicMs): void;
  onRing(listener: () => void): void;
}

/** What must survive a power cut: a small table of records. `commit` is one transaction, durable when it returns. */
export interface Store {
  readAll(): readonly StoredRecord[];
  commit(changes: readonly StoreChange[]): Result<void, StoreFailure>;
}
export type StoreTable =
  | "meta"
  | "plan"
  | "occurrence"
  | "sequence"
  | "event"
  | "command"
  | "stop"
  | "emergency";
export type StoredRecord = { readonly table: StoreTable; readonly key: string; readonly value: string };
export type StoreChange =
  | ({ readonly op: "put" } & StoredRecord)
  | { readonly op: "delete"; readonly table: StoreTable; readonly key: string };
export type StoreFailure = "disk-full" | "read-only" | "io";

/** One MQTT connection with a clean session. The core decides when to connect again. */
export interface Bus {
  connect(session: BusSession): void;
  disconnect(): void;
  /** Sent if connected, else dropped: what must arrive is sent again by its owner. */
  publish(message: Outgoing): void;
  onEvent(listener: (event: BusEvent) => void): void;
  /** Of all connections since the bus was opened: packets of MQTT both ways, and the estimate of what is around them. */
  traffic(): Traffic;
}
export interface BusSession {
  /** Without these there is no connection. */
  readonly subscribe: readonly string[];
  /** Asked for before them, and may be refused: whoever moved into other areas learns of it by its own topics. */
  readonly also?: readonly string[];
  /** As well, and nothing is missing where it is refused. */
  readonly perhaps?: readonly string[];
  /** The broker publishes it for us when the connection dies. */
  readonly will: Outgoing;
}
export type BusEvent =
  /** `isPartial`: some of `also` was refused. */
  | { readonly kind: "connected"; readonly isPartial: boolean }
  | { readonly kind: "disconnected"; readonly reason: BusFailure }
  | {
      readonly kind: "message";
      readonly topic: string;
      readonly payload: string;
      /** Lets the PUBACK go. Called after what the message asks for is durable. */
      readonly accept: () => void;
    };
export type BusFailure = "refused" | "unreachable" | "closed" | "timeout" | "tls" | "protocol";

/** The loudspeaker side of the box. Times are monotonic, so a stepped clock moves no sound. Unknown ids are ignored. */
export interface Sound {
  /** Prepares `request.source` now and lets its first sample out at `startAt`; a past `startAt` plays at once. */
  play(request: PlayRequest): void;
  /**
   * Fades out and keeps the place: a file waits at exactly the next sample, a live source runs on unheard.
   * A later report says `paused`.
   */
  pause(soundId: string, fadeMs: number): void;
  /** Goes on with what was paused: a file where it stopped, a live source at its live edge. Reports `resumed`. */
  resume(soundId: string, fadeMs: number): void;
  /** Fades out what `soundId` plays; a later report says `ended`. */
  stop(soundId: string, fadeMs: number): void;
  /** Level of everything below an emergency, dB (0 or less), reached in `rampMs`. */
  setVolume(gainDb: number, rampMs: number): void;
  onReport(listener: (report: SoundReport) => void): void;
}
export interface PlayRequest {
  readonly soundId: string;
  readonly source: SoundSource;
  /** Rung of the ladder: an emergency has its own volume, and what ducks lowers only what lies below it. */
  readonly rung: Rung;
  readonly startAt: MonotonicMs;
  /** Begins on the very sample after this sound ends, if that is still in the mixer then; else at `startAt`. */
  readonly after: string | null;
  /** Faded out there at the latest; null: it ends by itself. */
  readonly endAt: MonotonicMs | null;
  /** How much of the source is skipped, for joining late or resuming, ms. Live sources know no offset. */
  readonly offsetMs: number;
  /** Static gain of the source against full scale, in dB. */
  readonly gainDb: number;
  readonly fadeInMs: number;
  /** Lowers every lower rung by so many dB while it sounds; null: it mixes. */
  readonly duckDb: number | null;
  /** Loudspeaker lines it goes to, where the card has an output for each; null: all. */
  readonly zones: readonly number[] | null;
}
export type SoundSource =
  | { readonly kind: "clip"; readonly sha256: Sha256 }
  | { readonly kind: "tone"; readonly frequencyHz: number; readonly durationMs: number }
  /** Chime and siren lie in memory: they wait for no disk and no decoder. */
  | { readonly kind: "chime" }
  | { readonly kind: "siren"; readonly severity: "actual" | "exercise"; readonly durationMs: number }
  /** Spoken words that are part of the box. */
  | { readonly kind: "notice"; readonly words: BuiltInWords }
  | { readonly kind: "relay"; readonly relay: RelaySource };
export type SoundReport =
  | {
      readonly kind: "started";
      readonly soundId: string;
      readonly at: MonotonicMs;
      /** Left out at its beginning so that it is where it should be, though it came late, ms; absent: nothing. */
      readonly leftOutMs?: number;
    }
  /** `playedMs` is what was heard of it so far. */
  | {
      readonly kind: "paused";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly playedMs: number;
    }
  | { readonly kind: "resumed"; readonly soundId: string; readonly at: MonotonicMs }
  /** Meter of the mixed output over the last period (about 1 s), only while something sounds. */
  | {
      readonly kind: "level";
      readonly at: MonotonicMs;
      readonly rmsDb: number;
      readonly peakDb: number;
      /** Samples that the limiter had to hold back by more than 6 dB, of the period. */
      readonly clipped: number;
    }
  | {
      readonly kind: "ended";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly playedMs: number;
      readonly rmsDb: number;
    }
  | {
      readonly kind: "failed";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly playedMs: number;
      readonly reason: SoundFailure;
    }
  /** A condition that begins or ends; `soundId` is null where the whole output is meant. */
  | {
      readonly kind: "trouble";
      readonly soundId: string | null;
      readonly at: MonotonicMs;
      readonly trouble: SoundTrouble;
      readonly isRaised: boolean;
    }
  /**
   * At a microphone near the loudspeaker, about once a second while something sounds. `match`: how well it goes up and
   * down with the mixed output, 0 to 1; null where the output is too even to tell.
   */
  | {
      readonly kind: "microphone";
      readonly at: MonotonicMs;
      readonly rmsDb: number;
      readonly match: number | null;
    }
  /** What a relay has cost since it began, about once a minute and at its end. */
  | {
      readonly kind: "relay-use";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly receivedBytes: number;
      readonly reconnects: number;
    };
export type SoundTrouble =
  /** A relay gives nothing; it goes on trying. */
  | "source-lost"
  /** Something should sound and nothing is heard. */
  | "dead-air"
  /** The same short piece over and over, or one value without end. */
  | "stuck-sound"
  | "clipping"
  /** The sound process died or hung; what should sound then was begun again. */
  | "engine-lost";
export type SoundFailure =
  | "clip-missing"
  | "not-audio"
  | "decoder-died"
  | "decoder-hung"
  | "sink-failed"
  | "truncated"
  /** Address, redirect or segment that is not on the list, or leads inside a network. */
  | "relay-not-allowed"
  /** It answers, but not with a stream of sound. */
  | "relay-wrong-format"
  /** It cannot be had at all: no such input, refused for good. */
  | "relay-unavailable";

/**
 * The devices of the cabinet behind their profile-driven drivers: the amplifier, and what measures and switches beside
 * it. Values are in the units of the capability.
 */
export interface Devices {
  /** Writes one point of the device that has it and reads it back. Reports `written`. One at a time, in the order asked. */
  write(capability: Capability, value: number): void;
  /** Runs the steps of this name in every device whose profile has them; each reports `ran`. */
  run(sequence: SequenceName): void;
  /** Reads everything soon, whatever the rounds say; a device that is lost is tried at once. */
  lookNow(): void;
  /** Polls while the agent wants them: `sounding` is the fast round, `idle` the slow one. */
  pace(pace: "idle" | "sounding"): void;
  onReport(listener: (report: DeviceReport) => void): void;
}
/** `device` is the name that the site gave it; see `site-binding.ts`. */
export type DeviceReport =
  /** `identify` of the profile agreed; nothing is written before. */
  | {
      readonly kind: "identified";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly profileId: string;
      readonly capabilities: readonly Capability[];
      readonly sequences: readonly SequenceName[];
    }
  | {
      readonly kind: "values";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly values: readonly PointValue[];
    }
  | {
      readonly kind: "written";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly capability: Capability;
      readonly value: number;
      /** What the register said afterwards; null when it could not be read. */
      readonly readBack: number | null;
      readonly outcome: "verified" | "not-verified" | DeviceFailure;
    }
  | {
      readonly kind: "unreachable";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly reason: DeviceFailure;
    }
  /** A sequence came to its end, or to the step (from 0) that failed; then the safe state was written. */
  | {
      readonly kind: "ran";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly sequence: SequenceName;
      readonly outcome: "done" | "not-as-expected" | DeviceFailure;
      readonly step: number;
    }
  /** An alarm of a point was raised or cleared, after its debounce. */
  | ({
      readonly kind: "alarm";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
    } & AlarmChange)
  /** On for as long as its profile allows: the driver has switched it off. */
  | {
      readonly kind: "lease-ended";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly capability: Capability;
    };

/** Verified files by hash. A clip that is listed is whole, on the disk, and its hash was checked. */
export interface Content {
  /** Hashes of what is whole on the disk at this moment. */
  list(): readonly Sha256[];
  /** Gets a file with resume; answers later with one report. At most one request a hash at a time. */
  fetch(file: WantedFile): void;
  /**
   * Reads the bytes of a file that is listed again. Reports `fetched` when they are whole; else `failed` with
   * `wrong-hash`, or `not-found` when it is gone, and it is listed no more. At most one request a hash at a time.
   */
  verify(sha256: Sha256): void;
  /** Text of a manifest that is present; null when it is not. */
  readText(sha256: Sha256): string | null;
  remove(sha256: Sha256): void;
  onReport(listener: (report: ContentReport) => void): void;
  /** Of all transfers since the content was opened, with their headers. */
  traffic(): Traffic;
}
export interface WantedFile {
  readonly sha256: Sha256;
  /** Bytes; null for a manifest, whose size the plan does not say (limit: 1 MiB). */
  readonly sizeBytes: number | null;
}
export type ContentReport =
  | { readonly kind: "fetched"; readonly sha256: Sha256 }
  | { readonly kind: "failed"; readonly sha256: Sha256; readonly reason: ContentFailure };
export type ContentFailure =
  | "unreachable"
  | "refused"
  | "not-found"
  | "wrong-hash"
  | "wrong-size"
  | "disk-full"
  | "timeout";

/** The machine: its own clock's honesty, disk and so on. Reports about every 10 s and after every change. */
export interface Host {
  onReport(listener: (report: HostReport) => void): void;
}
export interface HostReport {
  /** Whether the kernel says that its clock follows a time server (adjtimex), or a battery clock runs. */
  readonly clock: "synced" | "rtc" | "free";
  /** Estimated error of a synced clock, ms; null when nobody knows. */
  readonly clockErrorMs: number | null;
  readonly freeDiskBytes: number;
}
