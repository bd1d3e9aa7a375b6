import type { Timers } from "@loa/shared/kernel/ambient.ts";
import type { RelayDecoder } from "./relay-decoder.ts";

/** What it still has inside comes out first; with a full buffer that takes until somebody has listened. */
const END_WITHIN_MS = 5_000;

/** Lets a decoder finish what it was fed, and resolves when it is gone. */
export async function endDecoder(decoder: RelayDecoder | null, timers: Timers): Promise<void> {
  if (decoder === null) return;
  const cancel = timers.after(END_WITHIN_MS, () => decoder.kill());
  decoder.endInput();
  await decoder.ended;
  cancel();
}
