import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type HostProcess, startHostProcess } from "./host-process.ts";
import type { HostOrder, LiveBoxSpec } from "./live-box-spec.ts";

/** All boxes of the live province, some in each process. A process that dies is started again, as systemd would. */
export interface Fleet {
  readonly boxes: readonly BoxId[];
  tell(box: BoxId, order: HostOrder): void;
  sound(what: "live" | "last", box: BoxId, signal: AbortSignal): Promise<Response> | null;
  /** The process that runs this box now. */
  pidOf(box: BoxId): number | null;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly boxes: readonly LiveBoxSpec[];
  readonly boxesPerProcess: number;
  readonly profilePath: string;
  readonly ffmpegPath: string;
  readonly logLevel: string;
}

const RESTART_MS = 1_000;

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { boxesPerProcess, profilePath, ffmpegPath, logLevel } = options;
  const hostOf = new Map<BoxId, HostProcess>();
  const hosts = new Set<HostProcess>();
  let isClosing = false;

  async function start(boxes: readonly LiveBoxSpec[]): Promise<void> {
    const order: HostOrder & { kind: "open" } = {
      kind: "open",
      boxes: [...boxes],
      profilePath,
      ffmpegPath,
      logLevel,
    };
    const host = await startHostProcess(order);
    hosts.add(host);
    for (const box of host.boxes) hostOf.set(box, host);
    void host.ended.then(() => {
      hosts.delete(host);
      if (!isClosing) setTimeout(() => void restart(boxes), RESTART_MS).unref();
    });
    if (isClosing) await host.close();
  }

  async function restart(boxes: readonly LiveBoxSpec[]): Promise<void> {
    if (isClosing) return;
    await start(boxes).catch((error: unknown) => {
      process.stderr.write(`boxes did not start again: ${error instanceof Error ? error.message : error}\n`);
    });
  }

  const groups: LiveBoxSpec[][] = [];
  for (let from = 0; from < options.boxes.length; from += boxesPerProcess) {
    groups.push(options.boxes.slice(from, from + boxesPerProcess));
  }
  try {
    await Promise.all(groups.map(start));
  } catch (error) {
    await close();
    throw error;
  }

  async function close(): Promise<void> {
    isClosing = true;
    await Promise.all([...hosts].map((host) => host.close()));
  }

  return {
    boxes: [...hostOf.keys()],
    tell: (box, order) => hostOf.get(box)?.tell(order),
    sound: (what, box, signal) => hostOf.get(box)?.sound(what, box, signal) ?? null,
    pidOf: (box) => hostOf.get(box)?.pid ?? null,
    close,
  };
}
