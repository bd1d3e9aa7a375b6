import type { Clock, Crypto, Random } from "@loa/shared/kernel/ambient.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { PasskeyPurpose } from "../store/passkeys.ts";
import { CEREMONY_LIMIT_MS } from "../webauthn.ts";
import { newSecret } from "./new-id.ts";

/** What a passkey signs, so that no signature counts twice, for something else, or for somebody else. */
export interface Challenges {
  /** For one purpose, and one session or nobody's. */
  issue(purpose: ChallengePurpose, session: string): string;
  /** Once only, within five minutes. `returned` is base64url, as the browser gives it back. */
  take(purpose: ChallengePurpose, session: string, returned: string): boolean;
}

export type ChallengePurpose = `register-${PasskeyPurpose}` | "sign-in" | "step-up";

/** Used ones are remembered until they are too old anyway; past this the oldest are forgotten with their last minutes. */
const MAX_USED = 10_000;

/**
 * Nothing is kept of challenges that are out, so strangers who ask for many cost nothing: each carries its expiry under
 * a hash with a secret of this run. After a restart people ask again.
 */
export function createChallenges({
  random,
  crypto,
  clock,
}: {
  readonly random: Random;
  readonly crypto: Crypto;
  readonly clock: Clock;
}): Challenges {
  const inner = newSecret(random);
  const outer = newSecret(random);
  const used = new Map<string, Instant>();
  const sealOf = (nonce: string, expires: string, purpose: string, session: string) =>
    crypto.sha256Hex(outer + crypto.sha256Hex(`${inner} ${nonce} ${expires} ${purpose} ${session}`));

  function note(challenge: string, expiresAt: Instant): void {
    const now = clock.now();
    for (const [one, at] of used) if (at <= now || used.size >= MAX_USED) used.delete(one);
    used.set(challenge, expiresAt);
  }

  return {
    issue(purpose, session) {
      const nonce = newSecret(random).slice(0, 32);
      const expires = String(clock.now() + CEREMONY_LIMIT_MS);
      return [nonce, expires, sealOf(nonce, expires, purpose, session)].join(".");
    },
    take(purpose, session, returned) {
      const challenge = crypto.fromBase64Url(returned);
      const [nonce = "", expires = "", seal = "", ...more] = (challenge ?? "").split(".");
      const expiresAt = Number(expires) as Instant;
      if (challenge === null || more.length > 0 || !/^\d{1,16}$/.test(expires)) return false;
      if (seal !== sealOf(nonce, expires, purpose, session)) return false;
      if (expiresAt <= clock.now() || used.has(challenge)) return false;
      note(challenge, expiresAt);
      return true;
    },
  };
}
