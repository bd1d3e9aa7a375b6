import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { DAY_MS, HOUR_MS } from "@loa/shared/kernel/time.ts";
import { readIngestSettings } from "./ingest-settings.ts";
import type { Blobs } from "./ports.ts";
import type { Database } from "./store/database.ts";
import { forgetOriginal, oldestOriginals, originalBytes } from "./store/originals.ts";
import type { Work } from "./work.ts";

export interface OriginalParts {
  readonly db: Database;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a round does not come to, the next one does. */
const REMOVED_A_ROUND = 1_000;
const BYTES_A_MB = 1_000_000;
const ROUND_MS = HOUR_MS;

/** Answers how to end it. */
export function keepOriginalsForDays(parts: OriginalParts, timers: Timers, work: Work): () => void {
  let cancel = timers.after(ROUND_MS, round);
  function round(): void {
    work.run("originals", () => removeOldOriginals(parts));
    cancel = timers.after(ROUND_MS, round);
  }
  return () => cancel();
}

/** Removes originals that are too old, and the oldest of those that are too many. Clips and their renditions stay. */
export async function removeOldOriginals({ db, blobs, clock, log }: OriginalParts): Promise<void> {
  const { keepOriginalDays, originalsMb } = await readIngestSettings(db);
  const oldestAt = clock.now() - keepOriginalDays * DAY_MS;
  let bytes = await originalBytes(db);
  let removed = 0;
  for (const one of await oldestOriginals(db, REMOVED_A_ROUND)) {
    if (one.keptAt >= oldestAt && bytes <= originalsMb * BYTES_A_MB) break;
    // The row first: what is named must be there, and what is there without a name is only room lost.
    const { isBlobFree } = await forgetOriginal(db, one.sha256);
    if (isBlobFree) await blobs.remove(one.sha256);
    bytes -= one.sizeBytes;
    removed += 1;
  }
  if (removed > 0) log.info("originals.removed", { removed, bytesLeft: bytes });
}
