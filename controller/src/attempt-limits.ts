/** Slows down whoever guesses. Nothing is ever disabled: the answer is how long to wait. */
export interface AttemptLimits {
  /** How long these keys must wait before the next attempt, ms; 0 when they may try now. */
  waitMs(kind: AttemptKind, keys: readonly string[]): Promise<number>;
  /** Counts an attempt that failed. */
  failed(kind: AttemptKind, keys: readonly string[]): Promise<void>;
  succeeded(kind: AttemptKind, keys: readonly string[]): Promise<void>;
  /** Takes one request from each of the budgets; how long to wait when one is used up, ms, else 0. */
  spend(budget: Budget, keys: readonly string[]): Promise<number>;
}

/**
 * What a person, an address and an area may ask in a minute. Emergencies, STOP and signing in have budgets of their own,
 * which nothing else uses up.
 */
export type Budget =
  | "account"
  | "address"
  | "area"
  | "speech"
  | "emergency-account"
  | "emergency-address"
  | "emergency-area";

export type AttemptKind =
  | "sign-in"
  | "sign-in-address"
  | "passkey-address"
  | "enrol"
  | "renew"
  | "content"
  | "alert-token";
