import type { Result } from "@loa/shared/kernel/result.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";

/** A provider of OpenID Connect: persons sign in with the account that their office gave them. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** `callback` is our address to which the browser comes back; `fresh`: the person shows there again who it is. */
  begin(
    callback: string,
    fresh: boolean,
  ): Promise<Result<{ readonly url: string; readonly attempt: OpenIdAttempt }, "unreachable">>;
  /** `returned` is the address with which the browser came back. */
  finish(attempt: OpenIdAttempt, returned: URL): Promise<Result<OpenIdPerson, "refused" | "unreachable">>;
}

/** What the browser keeps until it comes back, so that nobody else's answer is taken for its own. */
export interface OpenIdAttempt {
  readonly state: string;
  readonly nonce: string;
  /** Proves that the code goes to whoever asked for it (RFC 7636). */
  readonly verifier: string;
  readonly fresh: boolean;
}

export interface OpenIdPerson {
  /** Unique at the issuer, and never given to somebody else (OpenID Connect Core 1.0, 2). */
  readonly subject: string;
  /** When the person showed there who it is; null when the provider does not say. */
  readonly provenAt: Instant | null;
}
