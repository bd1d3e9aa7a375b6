import { parseArgs } from "node:util";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { describeFault } from "./virtual/faults.ts";
import { simulate } from "./virtual/run.ts";

const usage = `Usage: npm run sim -- [--seed TEXT] [--days D] [--boxes B] [--trace]
  --seed TEXT   the same seed and the same code give the same run (default: the time of day)
  --days D      how many days (default 2)
  --boxes B     how many boxes (default 12)
  --trace       print the end of the trace as well`;

await main();

async function main(): Promise<void> {
  const values = readFlags();
  const days = Number(values?.days);
  const boxes = Number(values?.boxes);
  if (values === null || values.help || !(days >= 1 && days <= 366) || !(boxes >= 1 && boxes <= 10_000)) {
    console.log(usage);
    process.exitCode = values?.help ? 0 : 2;
    return;
  }
  const seed = values.seed ?? String(nodeClock.now());
  console.log(`seed ${seed}, ${boxes} boxes, ${days} days`);
  const startedAt = performance.now();
  const result = await simulate({
    seed,
    days,
    boxes,
    onDrawn(faults) {
      console.log(`${faults.length} faults:`);
      for (const fault of faults) console.log(`  ${describeFault(fault)}`);
    },
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  for (const { invariant, what } of result.violations) console.log(`VIOLATED ${invariant}: ${what}`);
  if (values.trace) for (const line of result.tail) console.log(line);
  const counts = Object.entries(result.counts).map(([name, count]) => `${count} ${name}`);
  console.log(`${counts.join(", ")} in ${seconds} s`);
  console.log(`${result.violations.length} violations, trace ${result.traceHash}`);
  process.exitCode = result.violations.length === 0 ? 0 : 1;
}

/** Null for a flag that there is not, which is said. */
function readFlags() {
  try {
    return parseArgs({
      options: {
        seed: { type: "string" },
        days: { type: "string", default: "2" },
        boxes: { type: "string", default: "12" },
        trace: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return null;
  }
}
