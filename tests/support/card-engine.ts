import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { PlayRequest, SoundReport } from "@loa/edge-agent/ports.ts";
import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { machineNow } from "../ears/machine-time.ts";
import { openVirtualCard, type VirtualCard, type VirtualCardOptions } from "../ears/virtual-card.ts";
import { eventually } from "./eventually.ts";
import { plainRequest } from "./sound-world.ts";

export interface CardEngineSetup {
  readonly sink: "alsa" | "aplay";
  readonly device: string;
  /** Zones of the card's channels; null: one channel for all. */
  readonly lines: readonly number[] | null;
  readonly ffmpegPath: string;
}

export type CardEngineCommand =
  | { readonly kind: "clip"; readonly sha256: string; readonly path: string }
  | { readonly kind: "play"; readonly request: PlayRequest }
  | { readonly kind: "stop"; readonly soundId: string; readonly fadeMs: number }
  | { readonly kind: "cost" };

/** The engine in a process of its own and the card that it plays to. All times are machine time. */
export interface CardEngine {
  readonly card: VirtualCard;
  readonly reports: readonly SoundReport[];
  clip(path: string): Sha256;
  /** Answers when it was asked. */
  play(soundId: string, source: PlayRequest["source"], how?: Partial<PlayRequest>): number;
  stop(soundId: string, fadeMs: number): void;
  report<Kind extends SoundReport["kind"]>(
    kind: Kind,
    soundId?: string,
  ): Promise<Extract<SoundReport, { readonly kind: Kind }>>;
  /** Of the engine's process alone, since its start. */
  cost(): Promise<{ readonly cpuMs: number; readonly memoryBytes: number }>;
  close(): Promise<void>;
}

export interface CardEngineOptions extends VirtualCardOptions {
  readonly ffmpegPath: string;
  readonly sink?: "alsa" | "aplay";
  readonly lines?: readonly number[];
}

const LIMIT_MS = 20_000;

export async function openCardEngine(options: CardEngineOptions): Promise<CardEngine> {
  const { ffmpegPath, sink = "alsa", lines = null } = options;
  const card = await openVirtualCard(options);
  const setup: CardEngineSetup = { sink, device: card.device, lines, ffmpegPath };
  const child = fork(join(import.meta.dirname, "card-engine-child.ts"), [JSON.stringify(setup)], {
    env: { ...process.env, ...card.env },
    execArgv: ["--max-semi-space-size=1", "--single-threaded", "--v8-pool-size=1"],
  });
  const reports: SoundReport[] = [];
  let isReady = false;
  let cost: { readonly cpuMs: number; readonly memoryBytes: number } | null = null;
  child.on(
    "message",
    (message: { report?: SoundReport; isReady?: true; cpuMs?: number; memoryBytes?: number }) => {
      const { report, cpuMs, memoryBytes } = message;
      if (report !== undefined) reports.push(report);
      if (message.isReady === true) isReady = true;
      if (cpuMs !== undefined && memoryBytes !== undefined) cost = { cpuMs, memoryBytes };
    },
  );
  const send = (command: CardEngineCommand) => void child.send(command);
  const ended = new Promise((resolve) => child.once("exit", resolve));

  function find<Kind extends SoundReport["kind"]>(kind: Kind, soundId?: string) {
    return reports.find(
      (report): report is Extract<SoundReport, { readonly kind: Kind }> =>
        report.kind === kind &&
        (soundId === undefined || ("soundId" in report && report.soundId === soundId)),
    );
  }

  await eventually("the engine is ready", LIMIT_MS, () => (isReady && child.exitCode === null ? true : null));
  return {
    card,
    reports,
    clip(path) {
      const name = sha256.parse(createHash("sha256").update(path).digest("hex"));
      send({ kind: "clip", sha256: name, path });
      return name;
    },
    play(soundId, source, how = {}) {
      const askedAt = machineNow();
      const request: PlayRequest = {
        ...plainRequest,
        soundId,
        source,
        startAt: asMonotonic(askedAt),
        ...how,
      };
      send({ kind: "play", request });
      return askedAt;
    },
    stop: (soundId, fadeMs) => send({ kind: "stop", soundId, fadeMs }),
    report: (kind, soundId) =>
      eventually(`the engine says ${kind} of ${soundId}`, LIMIT_MS, () => find(kind, soundId) ?? null),
    async cost() {
      cost = null;
      send({ kind: "cost" });
      return eventually("the engine says what it costs", LIMIT_MS, () => cost);
    },
    async close() {
      child.kill("SIGKILL");
      await ended;
      await card.close();
    },
  };
}
