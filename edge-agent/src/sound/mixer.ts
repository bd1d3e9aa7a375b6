import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import { beginDucked, duckVoices } from "./duck.ts";
import { BLOCK_FRAMES, FRAMES_PER_MS } from "./format.ts";
import {
  applyRamp,
  createRamp,
  type GainRamp,
  rampTo,
  SHORTEST_RAMP_MS,
  setRamp,
  skipRamp,
} from "./gain-ramp.ts";
import { createLimiter } from "./limiter.ts";
import { type BlockFigures, measure } from "./meter.ts";
import { isFor, type OutputLayout } from "./output-layout.ts";
import type { SourceOutcome } from "./pcm-source.ts";
import {
  beginVoice,
  endFadeFrame,
  fadeToEnd,
  isInTheMix,
  isPastEnd,
  isReady,
  startFrame,
  type Voice,
  type VoiceEnd,
} from "./voice.ts";

export interface Mixer {
  /** The block that was rendered last, limited, one bus for each output of the layout; used again for the next one. */
  readonly buses: readonly Float32Array[];
  /** What the loudest bus of that block holds, and how many frames the limiter held back hard. */
  readonly figures: Readonly<BlockFigures>;
  readonly clipped: number;
  /** Level of everything below an emergency. */
  readonly volume: GainRamp;
  /** Renders the block that is heard from `heardAt` on. Answers false when nothing sounded in it. */
  render(voices: readonly Voice[], heardAt: MonotonicMs, events: MixerEvents): boolean;
}

/** What happened in a block, and at which of its frames. */
export interface MixerEvents {
  onStarted(voice: Voice, frame: number): void;
  onResumed(voice: Voice, frame: number): void;
  onPaused(voice: Voice, frame: number): void;
  onEnded(voice: Voice, end: VoiceEnd): void;
}

/** Time comes in as `heardAt`, so that the same voices always give the same samples. */
export function createMixer(layout: OutputLayout): Mixer {
  const { programme } = layout;
  const buses = layout.outputs.map(() => new Float32Array(BLOCK_FRAMES));
  const scratch = new Float32Array(BLOCK_FRAMES * programme);
  const volume = createRamp(1);
  const volumeHere = createRamp(1);
  const limitLines = createLineLimiters(layout, buses);
  const figures: BlockFigures = { energy: 0, peak: 0, lowest: 0, highest: 0 };
  const busFigures: BlockFigures = { energy: 0, peak: 0, lowest: 0, highest: 0 };
  let clipped = 0;
  let voices: readonly Voice[] = [];
  let heardAt = asMonotonic(0);
  let events: MixerEvents | null = null;
  let sounded = false;

  function timeOf(frame: number): MonotonicMs {
    return asMonotonic(heardAt + frame / FRAMES_PER_MS);
  }

  function end(voice: Voice, frame: number, outcome: SourceOutcome): void {
    voice.phase = "over";
    events?.onEnded(voice, { frame, outcome });
    for (const next of voices) {
      if (next.request.after !== voice.soundId || next.phase !== "waiting" || next.hasBegun) continue;
      next.isReleased = true;
      begin(next, frame);
    }
  }

  /** What waits begins at `from`, if its samples are there. */
  function begin(voice: Voice, from: number): void {
    if (!isReady(voice, BLOCK_FRAMES - from)) return;
    const isFirst = !voice.hasBegun && (voice.source?.available ?? 0) > 0;
    const isBack = voice.resumeFadeMs !== null;
    beginVoice(voice);
    beginDucked(voice, voices);
    if (isFirst) events?.onStarted(voice, from);
    if (isBack) events?.onResumed(voice, from);
    sound(voice, from);
  }

  /** Adds what sounds, from frame `from` to the end of the block or its own. */
  function sound(voice: Voice, from: number): void {
    sounded = true;
    if (voice.isDry && !comeBack(voice)) return;
    const endFade = endFadeFrame(voice, heardAt);
    let at = from;
    while (true) {
      if (voice.fade.left === 0 && voice.fade.target === 0) return fadedOut(voice, at);
      if (at === BLOCK_FRAMES) return;
      if (at >= endFade && !voice.isEnding) fadeToEnd(voice, timeOf(at));
      const to = Math.min(
        BLOCK_FRAMES,
        at < endFade ? endFade : BLOCK_FRAMES,
        // What is faded out takes not one sample more than is heard: a resume goes on with the very next.
        voice.fade.target === 0 ? at + voice.fade.left : BLOCK_FRAMES,
      );
      const taken = add(voice, at, to - at);
      at += taken;
      if (at < to) return ranDry(voice, at);
    }
  }

  function fadedOut(voice: Voice, frame: number): void {
    if (voice.phase === "stopping") return end(voice, frame, "complete");
    voice.phase = "paused";
    events?.onPaused(voice, frame);
  }

  /** A source that is only late leaves silence; its own watch says when that is too long. */
  function ranDry(voice: Voice, frame: number): void {
    const outcome = voice.source?.outcome ?? null;
    // Where nothing comes any more, there is nothing left to fade.
    if (voice.phase === "stopping") end(voice, frame, "complete");
    else if (outcome !== null) end(voice, frame, outcome);
    else if (voice.phase === "pausing") fadedOut(voice, frame);
    else voice.isDry = true;
  }

  /** Goes on where a late source has a whole block again. */
  function comeBack(voice: Voice): boolean {
    if (voice.phase !== "sounding" || (voice.source?.available === 0 && voice.source.outcome !== null)) {
      ranDry(voice, 0);
      return false;
    }
    if (!isReady(voice, BLOCK_FRAMES)) {
      if (isPastEnd(voice, heardAt)) end(voice, 0, "complete");
      return false;
    }
    voice.isDry = false;
    setRamp(voice.fade, 0);
    rampTo(voice.fade, 1, SHORTEST_RAMP_MS);
    return true;
  }

  function add(voice: Voice, from: number, count: number): number {
    const taken = voice.source?.read(scratch, from, count) ?? 0;
    voice.playedFrames += taken;
    voice.heard.frames += taken;
    let gain = voice.gain;
    gain *= applyRamp(scratch, from, taken, programme, voice.fade);
    gain *= applyRamp(scratch, from, taken, programme, voice.duck);
    if (!voice.isEmergency) {
      Object.assign(volumeHere, volume);
      skipRamp(volumeHere, from);
      gain *= applyRamp(scratch, from, taken, programme, volumeHere);
    }
    for (let output = 0; output < buses.length; output += 1) {
      const [bus, place] = [buses[output], layout.outputs[output]];
      if (bus === undefined || place === undefined || !isFor(place, voice.request.zones)) continue;
      if (programme === 1) addMono(bus, scratch, from, taken, gain);
      else if (place.side === "both") addBoth(bus, scratch, from, taken, gain);
      else addSide(bus, scratch, from, taken, gain, place.side === "left" ? 0 : 1);
    }
    return taken;
  }

  /** A live source runs on while it is not heard. */
  function rest(voice: Voice): void {
    voice.source?.live?.drain(BLOCK_FRAMES);
    if (isPastEnd(voice, heardAt)) end(voice, 0, "complete");
  }

  function wait(voice: Voice): void {
    const from = startFrame(voice, heardAt);
    if (from === null) return rest(voice);
    if (isPastEnd(voice, timeOf(from))) return end(voice, from, "complete");
    begin(voice, from);
  }

  function hasPredecessor(voice: Voice): boolean {
    const { after } = voice.request;
    if (after === null || voice.hasBegun || voice.isReleased) return false;
    return voices.some((other) => other.soundId === after && other.phase !== "over");
  }

  function step(voice: Voice): void {
    if (isInTheMix(voice)) sound(voice, 0);
    else if (voice.phase === "paused") rest(voice);
    else if (voice.phase === "waiting" && !hasPredecessor(voice)) wait(voice);
  }

  function takeFigures(): void {
    clipped = limitLines();
    figures.energy = -1;
    for (const bus of buses) {
      measure(bus, busFigures);
      if (busFigures.energy > figures.energy) Object.assign(figures, busFigures);
    }
  }

  return {
    buses,
    figures,
    get clipped() {
      return clipped;
    },
    volume,
    render(theVoices, at, theEvents) {
      voices = theVoices;
      heardAt = at;
      events = theEvents;
      sounded = false;
      for (const bus of buses) bus.fill(0);
      duckVoices(voices);
      for (const voice of voices) step(voice);
      skipRamp(volume, BLOCK_FRAMES);
      takeFigures();
      return sounded;
    },
  };
}

/** Outputs of one line keep their balance: they share a limiter. Lines do not: one must not turn another down. */
function createLineLimiters(layout: OutputLayout, buses: readonly Float32Array[]): () => number {
  const lines = [...new Set(layout.outputs.map(({ zone }) => zone))].map((line) => ({
    limiter: createLimiter(),
    buses: buses.filter((_, output) => layout.outputs[output]?.zone === line),
  }));
  return () => {
    let clipped = 0;
    for (const line of lines) clipped = Math.max(clipped, line.limiter.process(line.buses));
    return clipped;
  };
}

function addMono(bus: Float32Array, voice: Float32Array, from: number, count: number, gain: number): void {
  const end = from + count;
  for (let frame = from; frame < end; frame += 1) bus[frame] = (bus[frame] ?? 0) + (voice[frame] ?? 0) * gain;
}

function addSide(
  bus: Float32Array,
  voice: Float32Array,
  from: number,
  count: number,
  gain: number,
  side: number,
): void {
  const end = from + count;
  for (let frame = from; frame < end; frame += 1) {
    bus[frame] = (bus[frame] ?? 0) + (voice[2 * frame + side] ?? 0) * gain;
  }
}

function addBoth(bus: Float32Array, voice: Float32Array, from: number, count: number, gain: number): void {
  const end = from + count;
  for (let frame = from; frame < end; frame += 1) {
    const both = ((voice[2 * frame] ?? 0) + (voice[2 * frame + 1] ?? 0)) / 2;
    bus[frame] = (bus[frame] ?? 0) + both * gain;
  }
}
