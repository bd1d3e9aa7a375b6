import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect } from "vitest";

/** A program that says what it does, one line at a time. */
export interface LineProcess {
  readonly lines: readonly string[];
  /** The first line that begins so; waits for it. */
  line(beginning: string): Promise<string>;
  stop(): Promise<void>;
}

const lineLimit = { timeout: 15_000, interval: 10 };

export function startLineProcess(program: string, args: readonly string[]): LineProcess {
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface({ input: stream }).on("line", (line) => lines.push(line));
  const find = (beginning: string) => lines.find((line) => line.startsWith(beginning));
  return {
    lines,
    async line(beginning) {
      await expect
        .poll(() => find(beginning) ?? lines.join("\n"), lineLimit)
        .toMatch(new RegExp(`^${beginning}`));
      return find(beginning) ?? "";
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
