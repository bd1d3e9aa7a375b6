import type { BenchRow } from "./bench-row.ts";
import { bench as connects } from "./trust-connects.ts";
import { bench as crashes } from "./trust-crashes.ts";
import { bench as fanOut } from "./trust-fan-out.ts";
import { bench as firstSound } from "./trust-first-sound.ts";
import { bench as kills } from "./trust-kills.ts";
import { bench as shapedLink } from "./trust-shaped-link.ts";

/** Every number of trust and emergencies, one part after the other: they time what they measure. 14 to 19 minutes. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const part of [firstSound, fanOut, shapedLink, connects, crashes, kills]) rows.push(...(await part()));
  return rows;
}
