import type { BenchRow } from "./bench-row.ts";
import { bench as peers } from "./sound-beside-peers.ts";
import { bench as cost } from "./sound-cost.ts";
import { bench as crashes } from "./sound-crashes.ts";
import { bench as drift } from "./sound-drift.ts";
import { bench as exact } from "./sound-exact.ts";
import { bench as ingest } from "./sound-ingest.ts";
import { bench as soak } from "./sound-soak.ts";
import { bench as starts } from "./sound-starts.ts";

/** Every number of the sound engine, from what was recorded at the card; one after the other, about 40 minutes. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const part of [exact, starts, crashes, cost, ingest, peers, drift, soak]) rows.push(...(await part()));
  return rows;
}
