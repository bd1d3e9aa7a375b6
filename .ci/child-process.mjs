// Runs one command so that nothing outlives it: signals go on, the exit comes back, leftovers are killed.
// Plain JavaScript for any Node from 18 on: this runs before our own Node is there.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** How long a command may take to end after it was told to; then its whole process group is killed. */
const graceMs = 10_000;
/** One Ctrl-C reaches us from the terminal and again from npm: the same signal within this time counts once. */
const sameSignalMs = 1_000;
/** How often we look whether our parent still lives. */
const parentLookMs = 500;

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
const isWindows = process.platform === "win32";

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions & { limitMs?: number }} options limitMs: then it is told to end
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null, stopped: boolean }>}
 *   stopped: somebody told us, not the command, to end. Rejects where the command cannot be started.
 */
export function runChild(command, args, { limitMs, ...options }) {
  return new Promise((resolve, reject) => {
    // Its own process group, so that what it leaves behind can be found; the terminal's Ctrl-C then comes only through us.
    const child = spawn(command, args, {
      stdio: "inherit",
      ...options,
      detached: !isWindows,
      shell: isWindows,
    });
    let stopped = false;

    const stop = (signal) => {
      child.kill(signal);
      setTimeout(() => killGroup(child), graceMs).unref();
    };
    const release = watchForTheEnd((signal) => {
      stopped = true;
      stop(signal);
    });
    const limit = limitMs === undefined ? undefined : setTimeout(() => stop("SIGTERM"), limitMs);
    const end = () => {
      release();
      clearTimeout(limit);
      killGroup(child);
    };

    child.on("error", (error) => {
      end();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      end();
      resolve({ code: code ?? exitCodeOf(signal), signal, stopped });
    });
  });
}

/** The shell's convention for a death by signal. */
function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}

/** Calls `onEnd` with the signal to pass on when we are told to end, or when our parent is gone. */
function watchForTheEnd(onEnd) {
  const lastAt = new Map();
  const onSignal = (signal) => {
    const now = performance.now();
    const isEcho = now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < sameSignalMs;
    lastAt.set(signal, now);
    if (!isEcho) onEnd(signal);
  };
  for (const signal of forwarded) process.on(signal, onSignal);

  // npm runs scripts through dash, which dies of SIGTERM without a word to us, and outlives a killed npm.
  const before = lineage();
  const look = setInterval(() => {
    if (lineage() === before) return;
    clearInterval(look);
    onEnd("SIGTERM");
  }, parentLookMs);

  return () => {
    clearInterval(look);
    for (const signal of forwarded) process.off(signal, onSignal);
  };
}

/** Our parent; under npm that is its shell, so the shell's parent too, where the system tells (proc(5), stat, field 4). */
function lineage() {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined || process.platform !== "linux") return `${parent}`;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, "utf8");
    return `${parent} ${stat.slice(stat.lastIndexOf(")")).split(" ")[2]}`;
  } catch {
    // It died between the two looks.
    return `${parent} gone`;
  }
}

function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (isWindows) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // ESRCH: nothing is left of the group, which is what we wanted.
  }
}
