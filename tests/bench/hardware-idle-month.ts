import { IDLE_DAYS, idleMonth } from "../support/idle-month.ts";
import { atMost, type BenchRow } from "./bench-row.ts";

const MB = 1_000_000;
const LIMIT_MB = 15;

/**
 * What a box costs that only waits. The promise is about the bytes of MQTT and HTTP (product.md); what TLS, TCP and IP
 * put around them is an estimate and is printed beside it, without a goal of its own.
 */
export async function bench(): Promise<BenchRow[]> {
  const from = performance.now();
  const { told, messages, tlsBytes } = await idleMonth();
  const tookS = (performance.now() - from) / 1_000;
  return [
    atMost(`${IDLE_DAYS} idle days, as the agent counts them`, (told.up + told.down) / MB, "MB", LIMIT_MB),
    beside("beside it: what TCP and IP put around them (estimate)", told.around / MB, "MB"),
    beside("beside it: what TLS would add to that (estimate)", tlsBytes / MB, "MB"),
    beside("messages in those days", messages, "messages"),
    atMost("the same, simulated in", tookS, "s", 60),
  ];
}

function beside(name: string, value: number, unit: string): BenchRow {
  return { name, value, unit, goal: "told only", ok: true };
}
