import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { PlayRequest, SoundReport } from "../../ports.ts";
import { createEngine, type Engine } from "../engine.ts";
import { TICK_MS } from "../format.ts";
import { openMicrophone } from "../open-source.ts";
import { failedSource, type PcmSource } from "../pcm-source.ts";
import type { SoundSink } from "../sink.ts";
import type { SoundMemory } from "../sound-memory.ts";
import type { OpenedSource } from "../source-opener.ts";
import { createCatchUpSource } from "./catch-up-source.ts";
import { BEAT_EVERY_MS } from "./heartbeat-watch.ts";
import type { EngineCommand, EngineMessage, EngineOrder, EngineSetup } from "./messages.ts";
import { openedSink } from "./opened-sink.ts";
import { createShadows } from "./shadows.ts";
import { startTicker } from "./ticker.ts";

export interface EngineHostOptions {
  readonly setup: EngineSetup;
  readonly sink: SoundSink;
  readonly memory: SoundMemory;
  readonly openSource: (source: OpenedSource, request: PlayRequest, around: SourcePlace) => PcmSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly say: (message: EngineMessage) => void;
}

export interface SourcePlace {
  readonly clipPath: string | null;
  /** When the block that is mixed next will be heard. */
  readonly hearsAt: () => MonotonicMs;
}

/** The engine behind the channel: a spare at first, which has everything but the card, until it takes over. */
export interface EngineHost {
  obey(command: EngineCommand): void;
  /** Fades out what sounds; resolves when nothing is left running. */
  close(fadeMs: number): Promise<void>;
}

interface Taking {
  readonly command: EngineCommand & { kind: "take-over" };
  until: number;
  /** A card that is busy for longer belongs to somebody else. */
  readonly freeUntil: number;
  /** Commands that came meanwhile. */
  readonly held: EngineCommand[];
}

/** More than an agent says in a quarter of a second. */
const HELD_LIMIT = 64;
/** A rejoined clip that is not ready by then comes in when it is; others do not wait for it. */
const BEGIN_WITHIN_MS = 250;
const FREE_WITHIN_MS = 500;

export function createEngineHost(options: EngineHostOptions): EngineHost {
  const { clock, timers, log, say, sink } = options;
  const orders = new Map<string, EngineOrder>();
  const shadows = createShadows({ open: openInStep, clock, timers });
  let engine: Engine | null = null;
  let taking: Taking | null = null;
  let hasSounded = false;
  let beatAt = clock.monotonic();
  let stopTicker = () => {};

  function tick(): number {
    if (taking !== null) begin(taking);
    engine?.tick();
    if (engine !== null && !hasSounded) {
      hasSounded = true;
      say({ kind: "took-over" });
    }
    beat(clock.monotonic());
    return engine?.tickMs ?? TICK_MS;
  }

  /** With the tick that is nearest to its time. */
  function beat(now: MonotonicMs): void {
    if (now - beatAt < BEAT_EVERY_MS - TICK_MS / 2) return;
    beatAt = now;
    say({ kind: "beat" });
  }

  /** Once what sounds at the first moment can, or has had its time, and the card is free. */
  function begin({ command, held, until, freeUntil }: Taking): void {
    const now = clock.monotonic();
    if (!shadows.areReady() && now < until) return;
    const opened = sink.open();
    // The engine before this one may still be leaving it; the next one to look would do so a second later.
    if (!opened.ok && opened.error === "busy" && now < freeUntil) return;
    taking = null;
    engine = createEngine({
      sink: openedSink(sink, opened),
      layout: options.setup.layout,
      clock,
      log,
      memory: { open: (request) => shadows.take(request.soundId) ?? options.memory.open(request) },
      openSource: (source, request) => open(source, request),
      microphone: openMicrophone(options.setup.inputs, { clock, log }),
      onReport: report,
    });
    for (const { gainDb, rampMs } of command.volumes) engine.setVolume(gainDb, rampMs);
    for (const order of command.orders) play(order);
    for (const one of held) obey(one);
  }

  function report(one: SoundReport): void {
    if (one.kind === "ended" || one.kind === "failed") orders.delete(one.soundId);
    say({ kind: "report", report: one });
  }

  function play(order: EngineOrder): void {
    const { soundId } = order.request;
    orders.set(soundId, order);
    engine?.play(order.request);
    if (order.isPaused) engine?.pause(soundId, 0);
  }

  function open(source: OpenedSource, request: PlayRequest): PcmSource {
    const order = orders.get(request.soundId);
    if (order?.join === "in-step") return openInStep(order);
    return options.openSource(source, request, { clipPath: order?.clipPath ?? null, hearsAt });
  }

  /** A spare hears nothing yet: for it that is now. */
  function hearsAt(): MonotonicMs {
    return engine?.nextHeardAt ?? clock.monotonic();
  }

  function openInStep({ request, clipPath }: EngineOrder): PcmSource {
    const { source, startAt } = request;
    const inner =
      source.kind === "clip"
        ? options.openSource(source, request, { clipPath, hearsAt })
        : failedSource("clip-missing");
    const channels = options.setup.layout.programme;
    return createCatchUpSource(inner, { startAt, nextHeardAt: hearsAt, channels });
  }

  function takeOver(command: EngineCommand & { kind: "take-over" }): void {
    if (engine !== null || taking !== null) return;
    const now = clock.monotonic();
    shadows.follow(command.orders.filter(({ join }) => join === "in-step"));
    const isUrgent = command.orders.some((order) => waitsForNobody(order, now));
    taking = {
      command,
      until: isUrgent ? now : now + BEGIN_WITHIN_MS,
      freeUntil: now + FREE_WITHIN_MS,
      held: [],
    };
    stopTicker = startTicker(clock, timers, tick);
  }

  function hold(waiting: Taking, command: EngineCommand): void {
    if (waiting.held.length >= HELD_LIMIT) {
      log.warn("engine.command-ignored", { kind: command.kind });
      return;
    }
    waiting.held.push(command);
    if (command.kind === "play" && waitsForNobody(command.order, clock.monotonic())) waiting.until = 0;
  }

  function obey(command: EngineCommand): void {
    if (command.kind === "take-over") takeOver(command);
    else if (engine !== null) drive(engine, command, play);
    else if (taking !== null) hold(taking, command);
    else if (command.kind === "shadow") shadows.follow(command.orders);
  }

  async function close(fadeMs: number): Promise<void> {
    for (const soundId of orders.keys()) engine?.stop(soundId, fadeMs);
    const deadAt = clock.monotonic() + fadeMs + BUFFERED_LIMIT_MS;
    while (engine !== null && orders.size > 0 && clock.monotonic() < deadAt) await moment(timers);
    stopTicker();
    await Promise.all([shadows.close(), engine?.close()]);
  }

  return { obey, close };
}

function drive(engine: Engine, command: EngineCommand, play: (order: EngineOrder) => void): void {
  switch (command.kind) {
    case "play":
      play(command.order);
      return;
    case "pause":
      engine.pause(command.soundId, command.fadeMs);
      return;
    case "resume":
      engine.resume(command.soundId, command.fadeMs);
      return;
    case "stop":
      engine.stop(command.soundId, command.fadeMs);
      return;
    case "set-volume":
      engine.setVolume(command.volume.gainDb, command.volume.rampMs);
      return;
    // For a spare, and for the process.
    case "take-over":
    case "shadow":
    case "close":
      return;
  }
}

/** What lies in memory and is due: an alarm sounds now, and a clip below it comes in when it is ready. */
function waitsForNobody({ request, isPaused }: EngineOrder, now: number): boolean {
  const isInMemory = request.source.kind !== "clip" && request.source.kind !== "relay";
  return isInMemory && !isPaused && request.startAt <= now;
}

/** A report says `ended` when the ear has heard it: the sink's buffer later. */
const BUFFERED_LIMIT_MS = 300;
const LOOK_EVERY_MS = 10;

function moment(timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    timers.after(LOOK_EVERY_MS, resolve);
  });
}
