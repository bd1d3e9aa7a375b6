import { type ChildProcess, fork } from "node:child_process";
import { type EngineCommand, type EngineMessage, type EngineSetup, engineMessage } from "./messages.ts";
import { parse } from "./shape.ts";
import { type Vitals, vitalsOf } from "./vitals.ts";

/** One sound process as its supervisor sees it. */
export interface EngineChild {
  readonly pid: number;
  send(command: EngineCommand): void;
  /** What it says; null for what does not parse. A later listener takes the place of an earlier one. */
  onMessage(listener: (message: EngineMessage | null) => void): void;
  /** It is gone, or nobody can talk to it any more. Called once, and not after `kill`; the last listener is told. */
  onLost(listener: (why: EngineLoss) => void): void;
  vitals(): Vitals | null;
  /** At once and without good-bye, with everything that it started. */
  kill(): void;
  /** Resolves when its process is no more. */
  readonly gone: Promise<void>;
}

export type EngineLoss = "exited" | "killed" | "channel-broken" | "hung" | "slow-start" | "senseless";

export type StartEngine = (setup: EngineSetup) => EngineChild;

/**
 * Short-lived garbage goes in one megabyte. V8 does its work in the thread that mixes: others have no real-time
 * priority, and waiting for one of them on a busy machine was heard. Unlike the agent it keeps the optimising compiler:
 * mixing is arithmetic.
 */
export const ENGINE_NODE_FLAGS = ["--max-semi-space-size=1", "--single-threaded", "--v8-pool-size=1"];

export function engineStarter(env: NodeJS.ProcessEnv): StartEngine {
  // The agent gives every freed block back to the system; a thread that mixes must not wait for the kernel so often.
  const { MALLOC_MMAP_THRESHOLD_: _, ...own } = env;
  return (setup) => startEngine(setup, own);
}

function startEngine(setup: EngineSetup, env: NodeJS.ProcessEnv): EngineChild {
  const child = fork(new URL("./main.ts", import.meta.url), [JSON.stringify(setup)], {
    execArgv: ENGINE_NODE_FLAGS,
    env,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    // A process group of its own: it is killed with its decoders in one call, and Ctrl-C is the agent's business.
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  let isKilled = false;
  let hear = (_message: EngineMessage | null) => {};
  let miss = (_why: EngineLoss) => {};
  child.on("message", (message) => {
    const parsed = parse(engineMessage, message);
    if (!isKilled) hear(parsed.ok ? parsed.value : null);
  });
  child.once("exit", (code) => lose(code === null ? "killed" : "exited"));
  child.once("error", () => lose("channel-broken"));
  child.once("disconnect", () => lose("channel-broken"));

  function lose(why: EngineLoss): void {
    if (isKilled) return;
    kill();
    miss(why);
  }

  function kill(): void {
    isKilled = true;
    killGroup(child);
  }

  return {
    pid: child.pid ?? 0,
    send(command) {
      if (child.connected) child.send(command, () => {});
    },
    onMessage(listener) {
      hear = listener;
    },
    onLost(listener) {
      miss = listener;
    },
    vitals: () => (child.pid === undefined ? null : vitalsOf(child.pid)),
    kill,
    gone,
  };
}

/** Also after its leader is gone: what is left in the group are its decoders. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: the group is empty.
  }
}
