import type { PlayRequest, SoundFailure, SoundReport } from "@loa/edge-agent/ports.ts";
import type { QueuedEvent } from "./event-queue.ts";
import type { KnownSource, Loudspeaker, Stretch } from "./loudspeaker.ts";
import type { MachineClock } from "./virtual-clock.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** One sound in the virtual mixer. */
export interface VirtualVoice {
  readonly request: PlayRequest;
  readonly rmsDb: number;
  readonly isHeard: boolean;
  prepare(): void;
  /** The sound of this id has just ended. */
  afterEnd(soundId: string): void;
  setLost(isLost: boolean): void;
  pause(fadeMs: number): void;
  resume(): void;
  stop(fadeMs: number): void;
  die(): void;
}

export interface VoiceSurroundings {
  readonly time: VirtualTime;
  readonly clock: MachineClock;
  readonly loudspeaker: Loudspeaker;
  readonly isAlive: () => boolean;
  readonly isThere: (soundId: string) => boolean;
  readonly report: (report: SoundReport) => void;
  readonly afterChange: () => void;
  readonly gone: (voice: VirtualVoice) => void;
}

/** From the request to the first decoded sample. */
const DECODER_START_MS = 150;
/** What lies in memory begins with the next block. */
const BLOCK_MS = 20;
/** A missing file is noticed at once; still the answer is a later event. */
const FAILURE_MS = 5;
/** How much a relay costs, bytes a second: 64 kbit/s. */
const RELAY_BYTES_A_SECOND = 8_000;

export function createVirtualVoice(
  around: VoiceSurroundings,
  request: PlayRequest,
  known: KnownSource,
): VirtualVoice {
  const { time, clock, loudspeaker, isAlive, report } = around;
  const { soundId, source } = request;
  const { durationMs, rmsDb } = typeof known === "string" ? { durationMs: 0, rmsDb: -120 } : known;
  const isRelay = source.kind === "relay";
  const readyAt = time.now() + (isInMemory(source) ? BLOCK_MS : DECODER_START_MS);
  let phase: "waiting" | "sounding" | "paused" | "gone" = "waiting";
  let isLost = false;
  let stretch: Stretch | null = null;
  let heardMs = 0;
  let beganAt = 0;
  let next: QueuedEvent | null = null;
  let last: QueuedEvent | null = null;

  const at = () => clock.monotonic();
  const plan = (when: number, run: () => void) => {
    if (next !== null) next.run = null;
    next = time.at(Math.max(time.now(), when), run);
  };

  function begin(): void {
    if (!isAlive() || phase !== "waiting") return;
    const { failure } = loudspeaker;
    if (failure !== null && (failure === "sink-failed" || !isInMemory(source))) {
      finish(failure);
      return;
    }
    phase = "sounding";
    beganAt = time.now();
    hear();
    // Whoever is told may ask for a pause at once.
    report({ kind: "started", soundId, at: at() });
    if (isRelay && loudspeaker.areRelaysLost) voice.setLost(true);
  }

  function hear(): void {
    const offsetMs = request.offsetMs + heardMs;
    stretch = { soundId, source, offsetMs, zones: request.zones, from: time.now(), to: null };
    loudspeaker.stretches.push(stretch);
    const restMs = durationMs - request.offsetMs - heardMs;
    if (Number.isFinite(restMs)) plan(time.now() + Math.max(0, restMs), () => finish(null));
    loudspeaker.onStretch(stretch);
    around.afterChange();
  }

  function hush(): void {
    if (stretch === null) return;
    stretch.to = time.now();
    heardMs += time.now() - stretch.from;
    stretch = null;
    around.afterChange();
  }

  function finish(failure: SoundFailure | null): void {
    if (phase === "gone" || !isAlive()) return;
    phase = "gone";
    if (next !== null) next.run = null;
    if (last !== null) last.run = null;
    hush();
    const playedMs = Math.round(heardMs);
    if (isRelay) use();
    if (isLost) trouble(false);
    if (failure !== null) report({ kind: "failed", soundId, at: at(), playedMs, reason: failure });
    else report({ kind: "ended", soundId, at: at(), playedMs, rmsDb: rmsDb + request.gainDb });
    around.gone(voice);
  }

  function use(): void {
    const seconds = beganAt === 0 ? 0 : (time.now() - beganAt) / 1_000;
    const receivedBytes = Math.round(seconds * RELAY_BYTES_A_SECOND);
    report({ kind: "relay-use", soundId, at: at(), receivedBytes, reconnects: 0 });
  }

  function trouble(isRaised: boolean): void {
    isLost = isRaised;
    report({ kind: "trouble", soundId, at: at(), trouble: "source-lost", isRaised });
  }

  const voice: VirtualVoice = {
    request,
    rmsDb,
    get isHeard() {
      return stretch !== null;
    },
    prepare() {
      if (typeof known === "string") return plan(time.now() + FAILURE_MS, () => finish(known));
      const { endAt } = request;
      if (endAt !== null) last = time.at(Math.max(time.now() + 1, clock.worldOf(endAt)), () => voice.stop(0));
      plan(Math.max(readyAt, loudspeaker.engineFrom, clock.worldOf(request.startAt)), () => {
        // It follows the end of the other one, which is still in the mixer.
        if (request.after === null || !around.isThere(request.after)) begin();
      });
    },
    afterEnd(ended) {
      if (phase === "waiting" && request.after === ended && typeof known !== "string")
        plan(Math.max(readyAt, time.now()), begin);
    },
    setLost(lost) {
      if (!isRelay || phase === "waiting" || phase === "gone" || lost === isLost) return;
      trouble(lost);
      if (lost) hush();
      else if (phase === "sounding") hear();
    },
    pause(fadeMs) {
      if (phase !== "sounding" || !isAlive()) return;
      phase = "paused";
      plan(time.now() + fadeMs, () => {
        hush();
        report({ kind: "paused", soundId, at: at(), playedMs: Math.round(heardMs) });
      });
    },
    resume() {
      if (phase !== "paused" || !isAlive()) return;
      phase = "sounding";
      plan(time.now() + BLOCK_MS, () => {
        // Asked again before the fade of the pause was over: it never fell silent.
        hush();
        if (!isLost) hear();
        report({ kind: "resumed", soundId, at: at() });
      });
    },
    stop(fadeMs) {
      if (phase === "gone" || !isAlive()) return;
      plan(time.now() + (stretch === null ? 0 : fadeMs), () => finish(null));
    },
    die() {
      if (stretch !== null) stretch.to = time.now();
      phase = "gone";
    },
  };
  return voice;
}

function isInMemory(source: PlayRequest["source"]): boolean {
  return source.kind !== "clip" && source.kind !== "relay";
}
