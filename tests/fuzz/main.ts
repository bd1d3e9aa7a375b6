// npm run fuzz: hostile bytes at the port of the broker and in the inbox of a box, both at once, each in a process.
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { parseArgs } from "node:util";
import type { Fuzz } from "./fuzz.ts";

const parts: Readonly<Record<string, () => Promise<Fuzz>>> = {
  broker: async () => (await import("./broker-fuzz.ts")).brokerFuzz,
  inbox: async () => (await import("./inbox-fuzz.ts")).inboxFuzz,
};
/** What a part may need beyond its time, for its last round and its start, s; then it hangs. */
const graceS = 20;

const { values: asked } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    part: { type: "string" },
    /** With a part: this round, and `count` of them, instead of a time. */
    round: { type: "string" },
    count: { type: "string", default: "1" },
  },
});
const seed = asked.seed ?? `${randomInt(2 ** 32)}`;

if (asked.part === undefined) await runAll();
else await runPart(asked.part);

async function runAll(): Promise<void> {
  const codes = await Promise.all(Object.keys(parts).map(runAsProcess));
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
}

async function runAsProcess(part: string): Promise<number> {
  const args = [
    ...process.execArgv,
    import.meta.filename,
    "--part",
    part,
    "--seed",
    seed,
    "--seconds",
    asked.seconds,
  ];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: "inherit" });
  const limit = setTimeout(
    () => {
      console.log(`${part}: hangs, seed ${seed}`);
      child.kill("SIGKILL");
    },
    (Number(asked.seconds) + graceS) * 1_000,
  );
  const [code]: (number | null)[] = await once(child, "exit");
  clearTimeout(limit);
  return code ?? 1;
}

async function runPart(name: string): Promise<void> {
  const fuzz = Object.hasOwn(parts, name) ? await parts[name]?.() : undefined;
  if (fuzz === undefined) throw new Error(`no part ${name}`);
  console.log(`${name}: seed ${seed}`);
  let last = 0;
  const found = (error: unknown) => {
    console.log(`${name}: FOUND at round ${last}: ${error instanceof Error ? error.stack : error}`);
    console.log(`again: node tests/fuzz/main.ts --part ${name} --seed ${seed} --round ${last}`);
    process.exit(1);
  };
  process.on("uncaughtException", found);
  process.on("unhandledRejection", found);
  const endsAt = performance.now() + Number(asked.seconds) * 1_000;
  const firstRound = Number(asked.round ?? 0);
  const lastRound = asked.round === undefined ? Number.POSITIVE_INFINITY : firstRound + Number(asked.count);
  const isOver = (round: number) => {
    last = round;
    return round >= lastRound || (asked.round === undefined && performance.now() >= endsAt);
  };
  const { rounds, note } = await fuzz.run({ seed, firstRound, isOver }).catch(found);
  console.log(`${name}: ${rounds} rounds, nothing found (${note})`);
  process.exit(0);
}
