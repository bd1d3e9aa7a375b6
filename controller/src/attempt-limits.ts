/** Slows down whoever guesses. Nothing is ever disabled: the answer is how long to wait. */
export interface AttemptLimits {
  /** How long these keys must wait before the next attempt, ms; 0 when they may try now. */
  waitMs(kind: AttemptKind, keys: readonly string[]): Promise<number>;
  /** Counts an attempt that failed. */
  failed(kind: AttemptKind, keys: readonly string[]): Promise<void>;
  succeeded(kind: AttemptKind, keys: readonly string[]): Promise<void>;
}

export type AttemptKind = "sign-in" | "sign-in-address" | "enrol" | "renew" | "content" | "alert-token";
