import type { BenchRow } from "./bench-row.ts";
import { bench as deadUnit } from "./hardware-dead-unit.ts";
import { bench as faultSeen } from "./hardware-fault-seen.ts";
import { bench as idleMonth } from "./hardware-idle-month.ts";
import { bench as line } from "./hardware-line.ts";
import { bench as receipts } from "./hardware-receipts.ts";
import { bench as writes } from "./hardware-writes.ts";
import { bench as wrongValues } from "./hardware-wrong-values.ts";

/** Every number of the device shelf, one after the other: they time what they measure. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const part of [line, writes, wrongValues, deadUnit, receipts, faultSeen, idleMonth])
    rows.push(...(await part()));
  return rows;
}
