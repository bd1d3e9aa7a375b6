import { createHash } from "node:crypto";
import { simulate } from "@loa/simulator/virtual/run.ts";
import { atMost, type BenchRow } from "./bench-row.ts";

const boxes = 50;
const days = 7;
/** Work that is the processor's alone, about a second of it: hashing and plain arithmetic. */
const hashes = 250_000;
const additions = 200_000_000;

/** A week of 50 boxes with faults on the virtual clock, also in units of what this processor can do. */
export async function bench(): Promise<BenchRow[]> {
  const unitS = fixedWork();
  const from = performance.now();
  const { violations } = await simulate({ seed: "bench", boxes, days });
  const tookS = (performance.now() - from) / 1_000;
  return [
    atMost(`simulation of ${boxes} boxes, ${days} days`, tookS, "s", 60),
    // 60 s on the machine where the fixed work takes one second.
    atMost("the same, against fixed work of the same run", tookS / unitS, "x", 60),
    atMost("invariants violated meanwhile", violations.length, "violations", 0),
  ];
}

function fixedWork(): number {
  const from = performance.now();
  const hash = createHash("sha256");
  const piece = Buffer.alloc(1_024, 1);
  for (let count = 0; count < hashes; count += 1) hash.update(piece);
  let sum = 0;
  for (let count = 0; count < additions; count += 1) sum = (sum + count * 31) | 0;
  if (hash.digest("hex").length !== 64 || Number.isNaN(sum)) throw new Error("the work was not done");
  return (performance.now() - from) / 1_000;
}
