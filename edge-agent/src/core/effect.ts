import type { BuiltInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { Rung } from "@loa/shared/broadcast/precedence.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { AckBody, EventBody } from "@loa/shared/wire/bodies.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";

/**
 * What a step wants done, in order. A `commit` is durable before the next effect of the list begins. When it fails,
 * `revert` takes the whole step back and throws the rest of the list away, so that nothing sounds and nothing is
 * acknowledged that is not on the disk; `keep` tries the same changes again with every later commit.
 */
export type Effect =
  | {
      readonly kind: "commit";
      readonly onFailure: "revert" | "keep";
      readonly changes: readonly RecordChange[];
    }
  | PlayEffect
  | { readonly kind: "stop-sound"; readonly soundId: string; readonly fadeMs: number }
  /** Keeps its place; see `Sound.pause`. */
  | { readonly kind: "pause-sound"; readonly soundId: string; readonly fadeMs: number }
  | { readonly kind: "resume-sound"; readonly soundId: string; readonly fadeMs: number }
  /** Level of everything below an emergency. */
  | { readonly kind: "set-volume"; readonly gainDb: number; readonly rampMs: number }
  | { readonly kind: "write-device"; readonly capability: Capability; readonly value: number }
  | { readonly kind: "pace-devices"; readonly pace: "idle" | "sounding" }
  | { readonly kind: "run-sequence"; readonly sequence: SequenceName }
  | { readonly kind: "look-now" }
  | { readonly kind: "publish"; readonly message: Outgoing }
  | { readonly kind: "publish-ack"; readonly body: AckBody }
  | { readonly kind: "publish-event"; readonly body: EventBody }
  /** Lets the PUBACK of this message go. */
  | { readonly kind: "accept"; readonly token: number }
  /** `also`: what it can do without for a while. */
  | {
      readonly kind: "connect";
      readonly session: number;
      readonly subscribe: readonly string[];
      readonly also: readonly string[];
      readonly perhaps: readonly string[];
    }
  | { readonly kind: "disconnect" }
  | { readonly kind: "fetch"; readonly sha256: Sha256; readonly sizeBytes: number | null }
  /** Its bytes are read again; a `fetched` or a `fetch-failed` answers. */
  | { readonly kind: "verify"; readonly sha256: Sha256 }
  | { readonly kind: "remove"; readonly sha256: Sha256 }
  | { readonly kind: "read-manifest"; readonly sha256: Sha256 }
  | {
      readonly kind: "log";
      readonly level: "info" | "warn";
      readonly event: string;
      readonly fields: LogFields;
    };

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface PlayEffect {
  readonly kind: "play";
  readonly soundId: string;
  readonly source: AirSource;
  readonly rung: Rung;
  readonly startAt: Instant;
  /** The sound on whose last sample it follows, if that is in the mixer then. */
  readonly after: string | null;
  /** Faded out there at the latest; null: it ends by itself. */
  readonly endAt: Instant | null;
  readonly offsetMs: number;
  readonly gainDb: number;
  readonly fadeInMs: number;
  /** Lines it goes to, where the card has an output for each; null: all. */
  readonly zones: Plan["zones"] | null;
}

/** What the mixer is asked to play. */
export type AirSource =
  | { readonly kind: "clip"; readonly sha256: Sha256 }
  | { readonly kind: "chime" }
  | { readonly kind: "siren"; readonly severity: "actual" | "exercise"; readonly durationMs: number }
  | { readonly kind: "notice"; readonly words: BuiltInWords }
  | { readonly kind: "relay"; readonly relay: RelaySource };

/** The store's change in our own words, so that `core` needs nothing of the adapters. */
export type RecordChange =
  | { readonly op: "put"; readonly table: RecordTable; readonly key: string; readonly value: string }
  | { readonly op: "delete"; readonly table: RecordTable; readonly key: string };
export type RecordTable =
  | "meta"
  | "plan"
  | "occurrence"
  | "sequence"
  | "event"
  | "command"
  | "stop"
  | "emergency";

export function put(table: RecordTable, key: string, value: unknown): RecordChange {
  return { op: "put", table, key, value: JSON.stringify(value) };
}
