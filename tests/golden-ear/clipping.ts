import type { Recording } from "./recording.ts";

/** The last step but one of 16 bits: rounding may stay one below the top. */
const TOP = 32_766 / 32_768;

/**
 * Samples that were cut off at full scale: two or more beside each other at the top. (One alone may be a peak that just
 * fits.)
 */
export function clippedSamples(recording: Recording): number {
  let clipped = 0;
  let run = 0;
  let side = 0;
  const close = () => {
    if (run > 1) clipped += run;
    run = 0;
  };
  for (const sample of recording.samples) {
    const isTop = Math.abs(sample) >= TOP;
    if (!isTop || Math.sign(sample) !== side) close();
    side = Math.sign(sample);
    if (isTop) run += 1;
  }
  close();
  return clipped;
}
