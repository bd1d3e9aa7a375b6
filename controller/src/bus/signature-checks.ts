import type { Crypto, PublicKey } from "@loa/shared/kernel/ambient.ts";
import type { SignedText } from "@loa/shared/wire/envelope.ts";

/** What is asked about a signature: exactly this text, by exactly this key. */
export interface SignedBy extends SignedText {
  readonly key: PublicKey;
}

/** Looks at signatures, wherever there is a processor for it. */
export interface SignatureChecks {
  /** Calls `done` once, before it comes back or later; in which order, is left open. */
  check(signed: SignedBy, done: (isGood: boolean) => void): void;
}

/** Of a signature that was looked at. */
export interface Verdict {
  readonly signed: SignedBy;
  readonly isGood: boolean;
}

/** The twin that answers before it comes back. */
export function checkedAtOnce(crypto: Pick<Crypto, "verify">): SignatureChecks {
  return { check: ({ key, data, signature }, done) => done(crypto.verify(key, data, signature)) };
}

/** What opening an envelope takes. */
export type OpeningCrypto = Pick<Crypto, "verify" | "fromBase64Url">;

/** Knows one verdict; at any other text, key or signature it looks anew. */
export function knowing(crypto: OpeningCrypto, { signed, isGood }: Verdict): OpeningCrypto {
  return {
    fromBase64Url: crypto.fromBase64Url,
    verify: (key, data, signature) =>
      key === signed.key && data === signed.data && signature === signed.signature
        ? isGood
        : crypto.verify(key, data, signature),
  };
}
