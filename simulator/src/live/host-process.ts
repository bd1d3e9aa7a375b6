import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type HostOrder, type HostReady, hostReady } from "./live-box-spec.ts";

/** A running process of boxes, seen from the province. */
export interface HostProcess {
  readonly pid: number;
  readonly boxes: readonly BoxId[];
  /** When the process is no more, for whatever reason. */
  readonly ended: Promise<unknown>;
  tell(order: HostOrder): void;
  /** Asks for the sound of one box; see `serve-sound.ts`. */
  sound(what: "live" | "last", box: BoxId, signal?: AbortSignal): Promise<Response>;
  close(): Promise<void>;
}

const READY_LIMIT_MS = 30_000;
const CLOSE_LIMIT_MS = 3_500;

export async function startHostProcess(order: HostOrder & { kind: "open" }): Promise<HostProcess> {
  const child = fork(new URL("./box-host.ts", import.meta.url), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.send(order);
  const ready = await readyOf(child);
  const ended = once(child, "exit");
  return {
    ended,
    pid: child.pid ?? 0,
    boxes: ready.boxes,
    tell(message) {
      if (child.connected) child.send(message);
    },
    sound: (what, box, signal) =>
      fetch(`http://127.0.0.1:${ready.port}/${what}/${box}`, {
        headers: { authorization: `Bearer ${ready.token}` },
        ...(signal === undefined ? {} : { signal }),
      }),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const impatience = setTimeout(() => child.kill("SIGKILL"), CLOSE_LIMIT_MS);
      if (child.connected) child.send({ kind: "close" } satisfies HostOrder);
      else child.kill("SIGTERM");
      await ended;
      clearTimeout(impatience);
    },
  };
}

async function readyOf(child: ChildProcess): Promise<HostReady> {
  const limit = setTimeout(() => child.kill("SIGKILL"), READY_LIMIT_MS);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`a process of boxes ended with ${code} before it was ready`);
  });
  try {
    const [message] = await Promise.race([once(child, "message"), ended]);
    return hostReady.parse(message);
  } finally {
    clearTimeout(limit);
    ended.catch(() => {});
  }
}
