import type { BenchRow } from "./bench-row.ts";
import { bench as agent } from "./vertical-agent.ts";
import { bench as compile } from "./vertical-compile.ts";
import { bench as province } from "./vertical-province.ts";
import { bench as simulation } from "./vertical-simulation.ts";

/** Every number of the first complete walk, one after the other: they time what they measure. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const part of [province, agent, simulation, compile]) rows.push(...(await part()));
  return rows;
}
