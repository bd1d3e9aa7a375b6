import { crashRun } from "@loa/simulator/crashes/crash-run.ts";
import { atLeast, atMost, type BenchRow } from "./bench-row.ts";

const SEEDS = 450;

/** Controller, broker and agents killed around emergencies on the virtual clock; each seed is a world of its own. */
export async function bench(): Promise<BenchRow[]> {
  let kills = 0;
  let looks = 0;
  const problems: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const run = await crashRun(`${seed}`);
    kills += run.kills;
    looks += run.looks;
    problems.push(...run.problems.map((what) => `seed ${seed}: ${what}`));
  }
  for (const what of problems) process.stderr.write(`${what}\n`);
  const twice = problems.filter((what) => what.includes(" twice: ")).length;
  return [
    atLeast(`seeded kills around ${SEEDS} emergencies`, kills, "kills", 1_000),
    atMost(`emergencies lost, of ${looks} at boxes`, problems.length - twice, "emergencies", 0),
    atMost("parts of them played twice", twice, "parts", 0),
  ];
}
