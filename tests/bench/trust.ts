import type { BenchRow } from "./bench-row.ts";
import { bench as crashes } from "./trust-crashes.ts";
import { bench as fanOut } from "./trust-fan-out.ts";
import { bench as firstSound } from "./trust-first-sound.ts";

/** Every number of trust and emergencies, one part after the other: they time what they measure. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const part of [firstSound, fanOut, crashes]) rows.push(...(await part()));
  return rows;
}
