import type { Clock, Crypto, Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import type { Dialect } from "kysely";
import type { AttemptLimits } from "./attempt-limits.ts";
import type { Authority } from "./authority/authority-port.ts";
import type { Broker } from "./bus/broker-port.ts";
import type { SignatureChecks } from "./bus/signature-checks.ts";
import type { Media } from "./media/media-port.ts";
import type { Voice } from "./media/speech/voice-port.ts";
import type { Metrics } from "./metrics.ts";
import type { OpenIdProvider } from "./open-id.ts";
import type { Uploads } from "./uploads.ts";
import type { Documents } from "./upstream/documents.ts";

/** Everything the controller asks of the world. */
export interface ControllerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly crypto: Crypto;
  /** Of what boxes sign. */
  readonly signatures: SignatureChecks;
  /** SQLite by default. The tables are the controller's own; it migrates them at start. */
  readonly database: Dialect;
  readonly broker: (access: BrokerAccess) => Promise<Broker>;
  readonly blobs: Blobs;
  readonly media: Media;
  readonly voice: Voice;
  readonly uploads: Uploads;
  readonly passwords: Passwords;
  readonly limits: AttemptLimits;
  /** Null where all accounts are our own. */
  readonly openId: OpenIdProvider | null;
  readonly metrics: Metrics;
  readonly audit: AuditKeeper;
  readonly documents: Documents;
  /** Null: boxes get no certificates here, as in a simulated province. */
  readonly authority: Authority | null;
}

/** What the broker asks the controller at each connect; answered from memory, never from the database. */
export interface BrokerAccess {
  readonly authenticate: (
    clientId: string,
    username: string,
    password: string,
    address: string,
  ) => AccessVerdict;
  readonly allowedSubscriptions: (box: BoxId) => ReadonlySet<string>;
}
export type AccessVerdict = "ok" | "unknown" | "wrong-password" | "revoked" | "limited";

/** Files by the SHA-256 of their bytes: durable when `put` answers. */
export interface Blobs {
  /** Takes the file away from `path`, also where it cannot be kept. */
  put(sha256: Sha256, path: string): Promise<Result<void, BlobFailure>>;
  putText(sha256: Sha256, text: string): Promise<Result<void, BlobFailure>>;
  /** Size in bytes; null when it is not there. */
  size(sha256: Sha256): Promise<number | null>;
  /** What is not there is no failure. */
  remove(sha256: Sha256): Promise<void>;
  /** Bytes from `start` (inclusive) to `end` (exclusive). */
  read(sha256: Sha256, start: number, end: number): ReadableStream<Uint8Array>;
}
export type BlobFailure = "disk-full" | "io";

/** Keeps signed heads of the audit where whoever takes the controller cannot change them. */
export interface AuditKeeper {
  /** Durable when it answers; tried again after it threw. */
  keep(head: string): Promise<void>;
}

/** Slow password hashing (argon2id); the simulator has a quick twin. */
export interface Passwords {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}
