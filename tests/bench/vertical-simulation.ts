import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { atMost, type BenchRow } from "./bench-row.ts";

const boxes = 50;
const days = 7;
/** Work that is the processor's alone, about a second of it: hashing and plain arithmetic. */
const hashes = 250_000;
const additions = 200_000_000;

/** Above what a run prints: its faults, and at most a few lines more. */
const MAX_PRINTED_BYTES = 8 * 1024 * 1024;
const root = join(import.meta.dirname, "..", "..");

/** A week of 50 boxes with faults on the virtual clock, also in units of what this processor can do. */
export async function bench(): Promise<BenchRow[]> {
  const unitS = fixedWork();
  const { tookS, violations } = await simulated();
  return [
    atMost(`simulation of ${boxes} boxes, ${days} days`, tookS, "s", 60),
    // 60 s on the machine where the fixed work takes one second.
    atMost("the same, against fixed work of the same run", tookS / unitS, "x", 60),
    atMost("invariants violated meanwhile", violations, "violations", 0),
  ];
}

/** As everybody runs it, in a process of its own: the memory that it is given is part of what it costs. */
async function simulated(): Promise<{ readonly tookS: number; readonly violations: number }> {
  const asked = ["--seed", "bench", "--boxes", `${boxes}`, "--days", `${days}`];
  const { stdout } = await run(["run", "--silent", "sim", "--", ...asked]);
  const tookS = / in ([\d.]+) s$/m.exec(stdout)?.[1];
  const violations = /^(\d+) violations, /m.exec(stdout)?.[1];
  if (tookS === undefined || violations === undefined) throw new Error(`no result in: ${stdout.slice(-500)}`);
  return { tookS: Number(tookS), violations: Number(violations) };
}

/** A run that found violations ends with an exit code of 1, and has printed its result all the same. */
async function run(args: readonly string[]): Promise<{ readonly stdout: string }> {
  const ended = promisify(execFile)("npm", args, { cwd: root, maxBuffer: MAX_PRINTED_BYTES });
  return ended.catch((error: unknown) => {
    if (error instanceof Error && "stdout" in error && typeof error.stdout === "string")
      return { stdout: error.stdout };
    throw error;
  });
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
