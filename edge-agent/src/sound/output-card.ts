import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { BLOCK_FRAMES, BLOCK_MS, CALM_TICK_MS, FRAMES_PER_MS, TICK_MS } from "./format.ts";
import { applyRamp, createRamp, rampOver, setRamp } from "./gain-ramp.ts";
import type { OutputLayout } from "./output-layout.ts";
import { BLOCKS_A_TICK_LIMIT, LONGEST_CATCH_UP_MS, type Mix, type OutputStage } from "./output-stage.ts";
import { toPcm16 } from "./pcm16.ts";
import { createResampler } from "./resampler.ts";
import { createServo } from "./servo.ts";
import type { SinkFailure, SoundSink } from "./sink.ts";

/** Silence that starts the card: only a running card tells its place. */
const PRIMING_BLOCKS = 3;
/** In silence the place is corrected at once, unheard, from this error on, ms. */
const UNHEARD_CORRECTION_MS = 0.2;
/** A card that runs dry again and again, for about half a second, is none. */
const PRIMINGS_LIMIT = 20;
/** Fills after which it counts as running well. */
const FILLS_OF_HEALTH = 40;
/** A place that has to be set anew while something sounds changes under this fade. */
const FADE_FRAMES = 5 * FRAMES_PER_MS;

/**
 * For sinks with a crystal of their own. The mix is made for the box's time; each frame is read from it where the
 * card will be at that moment, so that what was mixed for a moment is heard at it, however fast the card runs.
 */
export function createCardStage(sink: SoundSink, layout: OutputLayout): OutputStage {
  const channels = layout.outputs.length;
  const resampler = createResampler(channels);
  const servo = createServo();
  const lines = layout.outputs.map(() => new Float32Array(BLOCK_FRAMES));
  const nothing = layout.outputs.map(() => new Float32Array(BLOCK_FRAMES));
  const block = new Int16Array(BLOCK_FRAMES * channels);
  const fade = createRamp(1);
  /** The box's time of the next block to be mixed. */
  let blockAt = sink.nextHeardAt;
  /** Silence that goes in before it. */
  let padFrames = 0;
  /** How much of what went in last was silence. */
  let silentFrames = 0;
  let state: "closed" | "priming" | "placing" | "running" = "closed";
  /** Nothing was heard of it yet: what sounded before it was opened has failed, and what waits begins now. */
  let isNew = true;
  let knownUnderruns = 0;
  let primings = 0;
  let fills = 0;

  /** The moment for which the next frame that is read was mixed. */
  function readAt(): MonotonicMs {
    return asMonotonic(blockAt - (resampler.written + padFrames - resampler.place) / FRAMES_PER_MS);
  }

  function putIn(mix: Mix): void {
    if (padFrames > 0) {
      const frames = Math.min(BLOCK_FRAMES, padFrames);
      resampler.push(nothing, frames);
      padFrames -= frames;
      silentFrames += frames;
      return;
    }
    const { buses, isSilent } = mix(blockAt, true);
    resampler.push(buses, BLOCK_FRAMES);
    silentFrames = isSilent ? silentFrames + BLOCK_FRAMES : 0;
    blockAt = asMonotonic(blockAt + BLOCK_MS);
  }

  /** Sets the place so that the next frame that is written, heard at `heardAt`, is the one for that moment. */
  function setPlace(heardAt: MonotonicMs, mix: Mix): void {
    if (isNew || Math.abs(heardAt - blockAt) > LONGEST_CATCH_UP_MS) blockAt = heardAt;
    isNew = false;
    // What was mixed for moments that the card has lost is not heard.
    for (; blockAt + BLOCK_MS <= heardAt; blockAt = asMonotonic(blockAt + BLOCK_MS)) mix(blockAt, false);
    const ahead = (heardAt - blockAt) * FRAMES_PER_MS;
    padFrames = ahead < 0 ? Math.ceil(-ahead) : 0;
    resampler.restart(ahead + padFrames);
    silentFrames = 0;
    servo.replaced();
    state = "running";
  }

  function write(): Result<void, SinkFailure> {
    toPcm16(lines, BLOCK_FRAMES, block);
    return sink.write(block);
  }

  function writeSilence(blocks: number): Result<void, SinkFailure> {
    block.fill(0);
    for (let done = 0; done < blocks && sink.roomFrames >= BLOCK_FRAMES; done += 1) {
      const written = sink.write(block);
      if (!written.ok) return written;
    }
    return ok(undefined);
  }

  function writeNext(mix: Mix): Result<void, SinkFailure> {
    while (!resampler.canPull(BLOCK_FRAMES, servo.step)) putIn(mix);
    if (isSilent()) resampler.pullSilence(lines, BLOCK_FRAMES, servo.step);
    else resampler.pull(lines, BLOCK_FRAMES, servo.step);
    if (fade.left > 0 || fade.value !== 1) fadeLines();
    return write();
  }

  function fadeLines(): void {
    const before = { ...fade };
    for (const line of lines) {
      Object.assign(fade, before);
      const gain = applyRamp(line, 0, BLOCK_FRAMES, 1, fade);
      if (gain !== 1) line.fill(0);
    }
  }

  /** Nothing that waits to be read would be missed. */
  function isSilent(): boolean {
    return silentFrames >= resampler.written - resampler.place + BLOCK_FRAMES;
  }

  /** The place changes while something sounds. */
  function setPlaceFaded(mix: Mix): Result<void, SinkFailure> {
    rampOver(fade, 0, FADE_FRAMES);
    const written = writeNext(mix);
    setPlace(sink.nextHeardAt, mix);
    rampOver(fade, 1, FADE_FRAMES);
    return written;
  }

  function follow(now: MonotonicMs, mix: Mix): Result<void, SinkFailure> {
    servo.observe(readAt() - sink.nextHeardAt, now);
    if (isSilent()) {
      if (Math.abs(servo.errorMs) > UNHEARD_CORRECTION_MS) {
        setPlace(asMonotonic(readAt() - servo.errorMs), mix);
      }
    } else if (servo.isLost && sink.roomFrames >= BLOCK_FRAMES) return setPlaceFaded(mix);
    return ok(undefined);
  }

  return {
    get tickMs() {
      return state === "running" && servo.isFine ? CALM_TICK_MS : TICK_MS;
    },
    begin() {
      state = "priming";
      isNew = true;
      knownUnderruns = sink.underruns;
      primings = 0;
      servo.reset();
      setRamp(fade, 1);
    },
    fill(now, mix) {
      if (sink.underruns !== knownUnderruns) {
        knownUnderruns = sink.underruns;
        state = "priming";
        setRamp(fade, 0);
        rampOver(fade, 1, FADE_FRAMES);
      }
      fills += 1;
      if (fills > FILLS_OF_HEALTH) primings = 0;
      if (state === "priming") {
        state = "placing";
        fills = 0;
        primings += 1;
        if (primings > PRIMINGS_LIMIT) return fail("io");
        return writeSilence(PRIMING_BLOCKS);
      }
      if (state === "placing") setPlace(sink.nextHeardAt, mix);
      else {
        const followed = follow(now, mix);
        if (!followed.ok) return followed;
      }
      for (let blocks = 0; sink.roomFrames >= BLOCK_FRAMES && blocks < BLOCKS_A_TICK_LIMIT; blocks += 1) {
        const written = writeNext(mix);
        if (!written.ok) return written;
      }
      return ok(undefined);
    },
  };
}
