import { z } from "zod";
import { DEFAULT_TARGET_LUFS, DEFAULT_TRIM } from "./media/media-limits.ts";
import type { Database } from "./store/database.ts";
import { jsonColumn } from "./store/json-column.ts";
import { putSetting, readSetting } from "./store/settings.ts";

/** How the province takes clips in. */
export const ingestSettings = z.object({
  /**
   * How loud clips are when played, as far as their true peak allows; EBU R128, LUFS. Left out: as it always was, also
   * where the settings were written before this could be said.
   */
  targetLufs: z.number().min(-31).max(-10).default(DEFAULT_TARGET_LUFS),
  /** What stays below this at the ends of a clip, as it will be played, is cut away; dBFS of its peaks. */
  trimBelowDb: z.number().min(-90).max(-20),
  /** Silence that is kept before the first and after the last sound. */
  trimKeepMs: z.number().int().min(0).max(5_000),
  /** How long what people brought is kept beside the clips; 0: not at all. */
  keepOriginalDays: z.number().int().min(0).max(3_650),
  /** Past this the oldest originals go earlier, MB of 1,000,000 bytes. */
  originalsMb: z.number().int().min(0).max(10_000_000),
});
export type IngestSettings = z.infer<typeof ingestSettings>;

export const DEFAULT_INGEST_SETTINGS: IngestSettings = {
  targetLufs: DEFAULT_TARGET_LUFS,
  trimBelowDb: DEFAULT_TRIM.belowDb,
  trimKeepMs: DEFAULT_TRIM.keepMs,
  keepOriginalDays: 365,
  originalsMb: 20_000,
};

const column = jsonColumn(ingestSettings);

export async function readIngestSettings(db: Database): Promise<IngestSettings> {
  const text = await readSetting(db, "ingest");
  return text === null ? DEFAULT_INGEST_SETTINGS : column.parse(text);
}

export async function putIngestSettings(db: Database, settings: IngestSettings): Promise<void> {
  await putSetting(db, "ingest", JSON.stringify(settings));
}
