import type { Capability } from "@loa/shared/device/capability.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { sql } from "kysely";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";

export interface SampleRow {
  readonly boxId: BoxId;
  readonly capability: Capability;
  readonly at: Instant;
  /** Null: asked for and invalid. */
  readonly value: number | null;
}

const SAMPLE_COLUMNS = 4;

/** A sample of the same moment again is the same sample. */
export async function insertSamples(db: Database, samples: readonly SampleRow[]): Promise<void> {
  for (const some of inParts(samples, SAMPLE_COLUMNS)) {
    await db
      .insertInto("sample")
      .values(
        some.map((one) => ({
          box_id: one.boxId,
          capability: one.capability,
          at: one.at,
          value: one.value,
        })),
      )
      .onConflict((conflict) => conflict.columns(["box_id", "capability", "at"]).doNothing())
      .execute();
  }
}

export interface SampleQuery {
  readonly from: Instant;
  readonly to: Instant;
  /** At most so many points come back. */
  readonly points: number;
}

/** One sample, or several of a stretch of time taken together. */
export interface SamplePoint {
  /** Of the first of them. */
  readonly at: Instant;
  /** The last of them; null: asked for and invalid. */
  readonly value: number | null;
  /** Least and greatest of them, so that no peak is lost; null where none was valid. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface ThinnedSamples {
  /** Length of the stretches that were taken together, ms; 0 where every sample came as it is. */
  readonly stretchMs: number;
  readonly points: readonly SamplePoint[];
}

/** By time, `[from, to)`. What would be too much for a chart is thinned where it lies. */
export async function samplesOf(
  db: Database,
  box: BoxId,
  of: Capability,
  query: SampleQuery,
): Promise<ThinnedSamples> {
  const raw = await db
    .selectFrom("sample")
    .where("box_id", "=", box)
    .where("capability", "=", of)
    .where("at", ">=", query.from)
    .where("at", "<", query.to)
    .select(["at", "value"])
    .orderBy("at")
    .limit(query.points + 1)
    .execute();
  if (raw.length > query.points) return thinned(db, box, of, query);
  const points = raw.map((row) => {
    const { at, value } = rawRow.parse(row);
    return { at, value, low: value, high: value };
  });
  return { stretchMs: 0, points };
}

const rawRow = z.object({ at: instant, value: z.number().nullable() });

const thinnedRow = z.object({
  at: instant,
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** Stretches begin at multiples of their length, so that a chart whose window moves on does not flicker. */
async function thinned(
  db: Database,
  box: BoxId,
  of: Capability,
  { from, to, points }: SampleQuery,
): Promise<ThinnedSamples> {
  // One less, for the window seldom begins with a stretch.
  const stretchMs = Math.ceil((to - from) / (points - 1));
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom("sample")
        .where("box_id", "=", box)
        .where("capability", "=", of)
        .where("at", ">=", from)
        .where("at", "<", to)
        .select((one) => [
          one.fn.min("at").as("first"),
          one.fn.max("at").as("last"),
          one.fn.min("value").as("low"),
          one.fn.max("value").as("high"),
        ])
        .groupBy(sql`at - at % ${stretchMs}`)
        .as("stretch"),
    )
    .innerJoin("sample as ending", (join) =>
      join
        .on("ending.box_id", "=", box)
        .on("ending.capability", "=", of)
        .onRef("ending.at", "=", "stretch.last"),
    )
    .select(["stretch.first as at", "ending.value", "stretch.low", "stretch.high"])
    .orderBy("stretch.first")
    .execute();
  return { stretchMs, points: rows.map((row) => thinnedRow.parse(row)) };
}
