import type { Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isRenewalDue, type RenewalSight, renewalWaitMs } from "./core/renewal.ts";
import type { TlsIdentity } from "./tls-identity.ts";

/** How often somebody looks whether it is time. */
const LOOK_EVERY_MS = 10 * MINUTE_MS;
/** After a start the link and the clock come first; but a box that was in a drawer for months is let in by this alone. */
const FIRST_LOOK_MS = 10 * SECOND_MS;
const FIRST_SPREAD_MS = 20 * SECOND_MS;

export interface RenewalParts {
  /** Null: this box has no certificate, and nothing to renew. */
  readonly tls: () => TlsIdentity | null;
  readonly sight: () => RenewalSight;
  /** Asks the control room; what is answered is on the disk already. */
  readonly renew: (tls: TlsIdentity) => Promise<Result<TlsIdentity, string>>;
  readonly renewed: (next: TlsIdentity) => void;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

/** Renews the certificate of the box for as long as it runs; answers how to end it. */
export function keepRenewed(parts: RenewalParts): () => void {
  const { timers, random, log } = parts;
  /** Of this run: boxes that start together do not ask together. */
  const chance = random.next();
  let failures = 0;
  let isEnded = false;
  let cancel = timers.after(FIRST_LOOK_MS + chance * FIRST_SPREAD_MS, look);

  function look(): void {
    void tryOnce().then((waitMs) => {
      if (!isEnded) cancel = timers.after(waitMs, look);
    });
  }

  async function tryOnce(): Promise<number> {
    const tls = parts.tls();
    if (tls === null || !isRenewalDue(tls, chance, parts.sight())) return LOOK_EVERY_MS;
    const outcome = await attempt(tls);
    if (isEnded) return LOOK_EVERY_MS;
    if (outcome.ok) {
      failures = 0;
      log.info("certificate.renewed", { serial: outcome.value.serial, notAfter: outcome.value.notAfter });
      parts.renewed(outcome.value);
      return LOOK_EVERY_MS;
    }
    failures += 1;
    log.warn("certificate.not-renewed", { why: outcome.error, failures });
    return renewalWaitMs(failures, random.next());
  }

  async function attempt(tls: TlsIdentity): Promise<Result<TlsIdentity, string>> {
    try {
      return await parts.renew(tls);
    } catch (error) {
      // A disk that takes nothing: the old certificate still holds.
      return { ok: false, error: String(error) };
    }
  }

  return () => {
    isEnded = true;
    cancel();
  };
}
