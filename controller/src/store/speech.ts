import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import { type Dialect, dialects } from "../media/speech/dialect.ts";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";

/** What a clip says, word for word, and in which voice. */
export interface StoredSpeech {
  readonly spoken: string;
  readonly dialect: Dialect;
  readonly rate: number;
}

const speechRow = z.object({
  clip_sha256: sha256,
  spoken: z.string(),
  dialect: z.enum(dialects),
  rate: z.number(),
});

/** The same bytes say the same words, whoever typed them. */
export async function insertSpeech(db: Database, clip: Sha256, one: StoredSpeech): Promise<void> {
  const { spoken, dialect, rate } = one;
  await db
    .insertInto("speech")
    .values({ clip_sha256: clip, spoken, dialect, rate })
    .onConflict((conflict) => conflict.column("clip_sha256").doNothing())
    .execute();
}

/** Of those of the clips that a machine speaks. */
export async function speechOfClips(
  db: Database,
  ids: readonly Sha256[],
): Promise<ReadonlyMap<Sha256, StoredSpeech>> {
  const found = new Map<Sha256, StoredSpeech>();
  for (const some of inParts([...new Set(ids)])) {
    const rows = await db.selectFrom("speech").where("clip_sha256", "in", some).selectAll().execute();
    for (const row of rows) {
      const { clip_sha256: clip, ...speech } = speechRow.parse(row);
      found.set(clip, speech);
    }
  }
  return found;
}
