import type { Instant, MonotonicMs } from "./time.ts";

/** The only source of time. `now` may step or lie; `monotonic` only grows, at one second a second. */
export interface Clock {
  now(): Instant;
  monotonic(): MonotonicMs;
}

/** The only source of chance. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  bytes(length: number): Uint8Array;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Logs are events with fields, named in the past tense: `link.timed-out`. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Runs something once, later. Time is monotonic, so a stepped clock moves nothing. */
export interface Timers {
  /** Calls `run` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Hashes and signatures, synchronous so that a decision never waits half-way. */
export interface Crypto {
  sha256Hex(data: string | Uint8Array): string;
  /** Ed25519 over the UTF-8 bytes of `data`; base64url without padding. */
  sign(privateKey: SigningKey, data: string): string;
  verify(publicKey: PublicKey, data: string, signature: string): boolean;
  toBase64Url(text: string): string;
  /** UTF-8 text, or null when it is not base64url or not UTF-8. */
  fromBase64Url(encoded: string): string | null;
  /** The 32 bytes; of text its UTF-8. */
  sha256(data: string | Uint8Array): Uint8Array;
  bytesToBase64Url(bytes: Uint8Array): string;
  /** Null when it is not base64url. */
  bytesFromBase64Url(encoded: string): Uint8Array | null;
  /** `publicKey`: raw bytes as base64url, see `trust/keys.ts`. False for a key that is none. */
  verifyBytes(
    algorithm: "EdDSA" | "ES256",
    publicKey: string,
    data: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** Ed25519 private key, PKCS #8 DER as base64url. Never logged, never sent. */
export type SigningKey = string & { readonly __brand: "SigningKey" };

/** Ed25519 public key, the 32 raw bytes as base64url (the `x` of RFC 8037). */
export type PublicKey = string & { readonly __brand: "PublicKey" };
