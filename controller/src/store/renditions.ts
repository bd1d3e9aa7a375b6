import type { Clip } from "@loa/shared/broadcast/content.ts";
import { type AreaId, areaId, type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import {
  BASE_RENDITION,
  type RenditionKind,
  type RenditionTables,
  renditionKinds,
} from "../domain/rendition.ts";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";

/** A file of a clip, and where its bytes are. */
export interface StoredRendition {
  readonly kind: RenditionKind;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
}

export const renditionKind = z.enum(renditionKinds);

/** Encoders are not the same everywhere: what boxes may hold already keeps its name. */
export async function insertRendition(db: Database, clip: Sha256, one: StoredRendition): Promise<void> {
  await db
    .insertInto("rendition")
    .values({ clip_sha256: clip, kind: one.kind, sha256: one.sha256, size_bytes: one.sizeBytes })
    .onConflict((conflict) => conflict.columns(["clip_sha256", "kind"]).doNothing())
    .execute();
}

const storedRow = z
  .object({ clip_sha256: sha256, kind: renditionKind, sha256, size_bytes: z.number() })
  .transform((row) => ({
    clip: row.clip_sha256,
    kind: row.kind,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
  }));

/** Everything that there is of these clips, smallest first. */
export async function renditionsOfClips(
  db: Database,
  clips: readonly Sha256[],
): Promise<ReadonlyMap<Sha256, readonly StoredRendition[]>> {
  const found = new Map<Sha256, StoredRendition[]>(clips.map((clip) => [clip, []]));
  for (const some of inParts([...found.keys()])) {
    const rows = await db
      .selectFrom("rendition")
      .where("clip_sha256", "in", some)
      .selectAll()
      .orderBy("size_bytes")
      .orderBy("kind")
      .execute();
    for (const { clip, ...one } of rows.map((row) => storedRow.parse(row))) found.get(clip)?.push(one);
  }
  return found;
}

/** Areas without a row want what the nearest area above them wants. */
export async function wantedRenditions(db: Database): Promise<RenditionTables["wanted"]> {
  const rows = await db.selectFrom("area_audio").selectAll().execute();
  return new Map(rows.map((row) => [areaId.parse(row.area_id), renditionKind.parse(row.rendition)]));
}

/** Null: as above. */
export async function putWantedRendition(
  db: Database,
  area: AreaId,
  kind: RenditionKind | null,
): Promise<void> {
  if (kind === null) {
    await db.deleteFrom("area_audio").where("area_id", "=", area).execute();
    return;
  }
  await db
    .insertInto("area_audio")
    .values({ area_id: area, rendition: kind })
    .onConflict((conflict) => conflict.column("area_id").doUpdateSet({ rendition: kind }))
    .execute();
}

/** What some area wants beside the base rendition: a new clip is made in these at once. */
export async function wantedKinds(db: Database): Promise<readonly RenditionKind[]> {
  const wanted = new Set((await wantedRenditions(db)).values());
  wanted.delete(BASE_RENDITION);
  return [...wanted].sort();
}

const fileRow = z.object({
  clip_sha256: sha256,
  kind: renditionKind,
  sha256,
  size_bytes: z.number(),
  duration_ms: z.number(),
  gain_db: z.number(),
});

/** Everything but base renditions, of the kinds that some area wants: nothing where all take the base one. */
export async function renditionTables(db: Database, clips: readonly Sha256[]): Promise<RenditionTables> {
  const wanted = await wantedRenditions(db);
  const kinds = await wantedKinds(db);
  const made = new Map<Sha256, Map<RenditionKind, Clip>>();
  if (kinds.length === 0) return { wanted, made };
  for (const some of inParts([...new Set(clips)])) {
    const rows = await db
      .selectFrom("rendition")
      .innerJoin("clip", "clip.sha256", "rendition.clip_sha256")
      .where("rendition.clip_sha256", "in", some)
      .where("rendition.kind", "in", kinds)
      .select(["rendition.clip_sha256", "rendition.kind", "rendition.sha256", "rendition.size_bytes"])
      .select(["clip.duration_ms", "clip.gain_db"])
      .execute();
    for (const row of rows.map((one) => fileRow.parse(one))) {
      const { sha256: name, size_bytes: sizeBytes, duration_ms: durationMs, gain_db: gainDb } = row;
      const files = made.get(row.clip_sha256) ?? new Map<RenditionKind, Clip>();
      made.set(row.clip_sha256, files.set(row.kind, { sha256: name, sizeBytes, durationMs, gainDb }));
    }
  }
  return { wanted, made };
}

export interface LackingRendition {
  readonly clip: Sha256;
  readonly kind: RenditionKind;
  readonly durationMs: number;
  readonly sourceSha256: Sha256;
  /** Where in its source the clip begins. */
  readonly startMs: number;
}

const lackingRow = z.object({
  sha256,
  duration_ms: z.number(),
  source_sha256: sha256,
  trimmed_start_ms: z.number(),
});

/** Of clips that some bulletin uses, newest bulletins first: those that have no file of this kind yet. */
export async function lackingRenditions(
  db: Database,
  kind: RenditionKind,
  limit: number,
): Promise<readonly LackingRendition[]> {
  const rows = await db
    .selectFrom("clip")
    .innerJoin("bulletin", "bulletin.clip_sha256", "clip.sha256")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("rendition")
            .whereRef("rendition.clip_sha256", "=", "clip.sha256")
            .where("rendition.kind", "=", kind)
            .select("rendition.kind"),
        ),
      ),
    )
    .groupBy(["clip.sha256", "clip.duration_ms", "clip.source_sha256", "clip.trimmed_start_ms"])
    .select(["clip.sha256", "clip.duration_ms", "clip.source_sha256", "clip.trimmed_start_ms"])
    .orderBy((eb) => eb.fn.max("bulletin.created_at"), "desc")
    .limit(limit)
    .execute();
  return rows
    .map((row) => lackingRow.parse(row))
    .map((row) => ({
      clip: row.sha256,
      kind,
      durationMs: row.duration_ms,
      sourceSha256: row.source_sha256,
      startMs: row.trimmed_start_ms,
    }));
}
