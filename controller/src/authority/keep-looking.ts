import type { Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { HOUR_MS } from "@loa/shared/kernel/time.ts";
import type { OpenedAuthority } from "./open-authority.ts";

/** Certificates of the doors are renewed a month before their end, and the list of revoked ones holds as long. */
const LOOK_EVERY_MS = 6 * HOUR_MS;

/** Renews what is due for as long as the control room runs; answers how to end it. */
export function keepLooking(authority: OpenedAuthority, timers: Timers, log: Log): () => void {
  let cancel = timers.after(LOOK_EVERY_MS, look);
  let isEnded = false;

  function look(): void {
    void authority
      .look()
      .catch((error: unknown) => log.error("certificate.not-renewed", { error: String(error) }))
      .then(() => {
        if (!isEnded) cancel = timers.after(LOOK_EVERY_MS, look);
      });
  }

  return () => {
    isEnded = true;
    cancel();
  };
}
