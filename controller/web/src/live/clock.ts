import { asInstant, type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { signal } from "@preact/signals";

/**
 * The controller's clock as this page knows it. The clock of the phone in the operator's hand may be wrong, so it is
 * used for nothing but the time that passes between two words of the controller.
 */
export const now = signal<Instant>(asInstant(performance.timeOrigin + performance.now()));
/** False until the controller has said its time: until then ages are not to be believed. */
export const isClockKnown = signal(false);

let offsetMs = performance.timeOrigin;

export function hearControllerTime(at: Instant): void {
  offsetMs = at - performance.now();
  isClockKnown.value = true;
  now.value = at;
}

export function startClock(): void {
  setInterval(() => {
    now.value = asInstant(offsetMs + performance.now());
  }, SECOND_MS);
}
