/**
 * CLOCK_MONOTONIC in ms: the same in every process of the machine (Node's `performance.now()` counts the same clock from
 * the start of its own process). The virtual card and all recordings of it use it.
 */
export function machineNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What to add to this process's `performance.now()` (and so to `nodeClock.monotonic()`) to get machine time. */
export function machineOffsetMs(): number {
  const before = performance.now();
  const machine = machineNow();
  const after = performance.now();
  return machine - (before + after) / 2;
}
