import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";

/** Goes on at once where `at`, monotonic ms, is past. */
export async function pauseUntil(
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  at: number,
): Promise<void> {
  const waitMs = at - clock.monotonic();
  if (waitMs > 0) await new Promise<void>((resolve) => timers.after(waitMs, resolve));
}
