import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

/** One of our programs as a process of its own, with everything it says. */
export interface OwnProcess {
  readonly pid: number;
  output(): string;
  /** The first match in what it says, also when it was said before; throws when it ends instead. */
  says(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  isRunning(): boolean;
  /** Asks it to end and answers how long that took, ms. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  /** No good-bye. */
  kill(): Promise<void>;
}

export interface OwnProcessOptions {
  readonly args?: readonly string[];
  /** For Node itself, before the script. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const repositoryRoot = join(import.meta.dirname, "../..");
const SAY_LIMIT_MS = 30_000;
/** The programs promise to end within 5 s. */
const STOP_LIMIT_MS = 15_000;

/** `script` from the root of the repository, run by the Node that runs us. */
export function startOwn(script: string, options: OwnProcessOptions = {}): OwnProcess {
  const { nodeArgs = [], args = [], env = {} } = options;
  return startProgram(
    process.execPath,
    { args: [...nodeArgs, join(repositoryRoot, script), ...args], env },
    script,
  );
}

/** Any program, watched in the same way. */
export function startProgram(
  path: string,
  { args = [], env = {} }: Pick<OwnProcessOptions, "args" | "env">,
  name = path,
): OwnProcess {
  const child = spawn(path, args, {
    cwd: repositoryRoot,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return watch(child, name);
}

function watch(child: ChildProcess, name: string): OwnProcess {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const ended = once(child, "exit").then(([code, signal]): number | string => code ?? signal);
  return {
    pid: child.pid ?? 0,
    output: () => said,
    ended,
    isRunning,
    says: (pattern, limitMs = SAY_LIMIT_MS) =>
      eventually(`${name} says ${pattern}`, limitMs, () => {
        const found = pattern.exec(said);
        if (found === null && !isRunning()) throw new Error(`${name} ended and said:\n${said}`);
        return found;
      }),
    async stop(signal = "SIGTERM") {
      const from = performance.now();
      if (isRunning()) child.kill(signal);
      const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await ended;
      clearTimeout(limit);
      return performance.now() - from;
    },
    async kill() {
      if (isRunning()) child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Processes that have this word in their environment: what a program started and left. */
export function processesMarked(word: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readOrEmpty(`/proc/${name}/environ`).includes(word))
    .map(Number);
}

/** Direct children of a process, from all its threads. */
export function childrenOf(pid: number): readonly number[] {
  return readOrEmpty(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** Empty when the process has just gone. */
export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
