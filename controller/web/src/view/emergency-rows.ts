import type { Emergency } from "../api/emergency-shapes.ts";
import type { Area, BoxRow } from "../api/shapes.ts";
import { areasWithin } from "./area-tally.ts";

/** The boxes seen here that an emergency is for. */
export function rowsOfEmergency(
  emergency: Pick<Emergency, "areas">,
  rows: readonly BoxRow[],
  areas: readonly Area[],
): readonly BoxRow[] {
  const within = new Set(emergency.areas.flatMap((area) => [...areasWithin(areas, area)]));
  return rows.filter((row) => within.has(row.areaId));
}
