import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlayRequest, Sound, SoundReport } from "@loa/edge-agent/ports.ts";
import type { OpenedSound } from "@loa/edge-agent/sound/create-sound.ts";
import { MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { engineStarter } from "@loa/edge-agent/sound/process/engine-child.ts";
import { createSupervisedSound } from "@loa/edge-agent/sound/process/supervisor.ts";
import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { machineNow, machineOffsetMs } from "../ears/machine-time.ts";
import { openVirtualCards, type VirtualCard, type VirtualCardOptions } from "../ears/virtual-card.ts";
import { eventually } from "../support/eventually.ts";
import { childrenOf, readOrEmpty } from "../support/own-process.ts";
import { plainRequest } from "../support/sound-world.ts";

/** A loudspeaker as a box has it: the agent's side of the sound, its engine process, and a card that is listened to. */
export interface SoundRig {
  readonly card: VirtualCard;
  readonly sound: Sound;
  readonly reports: readonly SoundReport[];
  /** Plays a file or what `how` says, from now on unless told otherwise. */
  play(soundId: string, path: string | null, how?: Partial<PlayRequest>): void;
  stop(soundId: string): void;
  /** The process that plays now. */
  enginePid(): number;
  /** The decoders of the engine that plays. */
  decoderPids(): readonly number[];
  told(kind: SoundReport["kind"], soundId?: string): Promise<SoundReport>;
}

export interface RigFolder {
  readonly folder: string;
  readonly ffmpegPath: string;
}

const WAIT_LIMIT_MS = 20_000;

/** One rig a card; all of them, and what they left, are gone when `use` is through. */
export async function withRigs<Answer>(
  cards: readonly VirtualCardOptions[],
  wantsRealTime: boolean,
  use: (rigs: readonly SoundRig[], around: RigFolder) => Promise<Answer>,
): Promise<Answer> {
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) throw new Error("ffmpeg was not found");
  const folder = await mkdtemp(join(tmpdir(), "loa-sound-bench-"));
  const opened = await openVirtualCards(cards);
  const around = { folder, ffmpegPath: ffmpeg.value.path };
  const made = opened.map((card) => createRig(card, around.ffmpegPath, wantsRealTime));
  const rigs = made.map(({ rig }) => rig);
  try {
    for (const { card } of rigs) await eventually("the card is played", WAIT_LIMIT_MS, () => isStarted(card));
    return await use(rigs, around);
  } finally {
    await Promise.all(made.map(({ sound }) => sound.close()));
    await Promise.all(opened.map((card) => card.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

export function withRig<Answer>(
  use: (rig: SoundRig, around: RigFolder) => Promise<Answer>,
  wantsRealTime = true,
): Promise<Answer> {
  return withRigs([{}], wantsRealTime, ([rig], around) => {
    if (rig === undefined) throw new Error("no rig");
    return use(rig, around);
  });
}

function isStarted(card: VirtualCard): true | null {
  return card.events().some((one) => one.kind === "start") ? true : null;
}

interface MadeRig {
  readonly rig: SoundRig;
  readonly sound: OpenedSound;
}

function createRig(card: VirtualCard, ffmpegPath: string, wantsRealTime: boolean): MadeRig {
  const paths = new Map<Sha256, string>();
  const reports: SoundReport[] = [];
  const started: number[] = [];
  const start = engineStarter({ ...process.env, ...card.env });
  const sound = createSupervisedSound({
    clipPath: (hash) => paths.get(hash) ?? null,
    clock: nodeClock,
    timers: nodeTimers,
    log: {
      info() {},
      warn() {},
      error: (event, fields) => process.stderr.write(`${event} ${JSON.stringify(fields)}\n`),
    },
    setup: {
      sink: { kind: "alsa", device: card.device },
      layout: MONO,
      ffmpegPath,
      inputs: { line: null, fm: null, microphone: null },
      wantsRealTime,
    },
    startEngine(setup) {
      const child = start(setup);
      started.push(child.pid);
      return child;
    },
  });
  sound.onReport((report) => reports.push(report));

  function hashOf(path: string): Sha256 {
    const known = [...paths].find(([, one]) => one === path)?.[0];
    const hash = known ?? sha256.parse(paths.size.toString(16).padStart(64, "0"));
    paths.set(hash, path);
    return hash;
  }

  /** Whoever has the card open. */
  function enginePid(): number {
    const owner = card.events().findLast((one) => one.kind === "open")?.pid ?? 0;
    return started.includes(owner) ? owner : (started[0] ?? 0);
  }

  const rig: SoundRig = {
    card,
    sound,
    reports,
    play(soundId, path, how = {}) {
      const source = path === null ? undefined : ({ kind: "clip", sha256: hashOf(path) } as const);
      const request = { ...plainRequest, soundId, startAt: nodeClock.monotonic(), ...how };
      const played = source ?? how.source;
      if (played === undefined) throw new Error("what?");
      sound.play({ ...request, source: played });
    },
    stop: (soundId: string) => sound.stop(soundId, 20),
    enginePid,
    decoderPids: () =>
      childrenOf(enginePid()).filter((pid) => readOrEmpty(`/proc/${pid}/comm`).startsWith("ffmpeg")),
    told: (kind, soundId) =>
      eventually(`${kind} of ${soundId ?? "any"}`, WAIT_LIMIT_MS, () => {
        return (
          reports.find(
            (one) =>
              one.kind === kind && (soundId === undefined || ("soundId" in one && one.soundId === soundId)),
          ) ?? null
        );
      }),
  };
  return { rig, sound };
}

/** Of this process's own clock, as the sound port counts. */
export function fromMachine(machineMs: number): MonotonicMs {
  return asMonotonic(machineMs - machineOffsetMs());
}

export function machineReaches(at: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, at - machineNow())));
}

export function pass(ms: number): Promise<void> {
  return machineReaches(machineNow() + ms);
}
