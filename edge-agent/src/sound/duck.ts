import { dbToGain } from "./format.ts";
import { rampTo, setRamp } from "./gain-ramp.ts";
import { canMeet } from "./output-layout.ts";
import { isInTheMix, type Voice } from "./voice.ts";

/** Down before the second word is said; up so slowly that a pause for breath is not filled with music. */
const ATTACK_MS = 120;
const RELEASE_MS = 800;

/** Sets out towards what the higher sounds leave to each voice that sounds. */
export function duckVoices(voices: readonly Voice[]): void {
  for (const voice of voices) {
    if (!isInTheMix(voice)) continue;
    const gain = duckedGain(voice, voices);
    if (gain !== voice.duck.target)
      rampTo(voice.duck, gain, gain < voice.duck.value ? ATTACK_MS : RELEASE_MS);
  }
}

/** A voice that begins under a louder one begins ducked. */
export function beginDucked(voice: Voice, voices: readonly Voice[]): void {
  setRamp(voice.duck, duckedGain(voice, voices));
}

function duckedGain(voice: Voice, voices: readonly Voice[]): number {
  let gain = 1;
  for (const { rank, phase, request } of voices) {
    if (request.duckDb === null || rank >= voice.rank || phase !== "sounding") continue;
    if (canMeet(request.zones, voice.request.zones)) gain = Math.min(gain, dbToGain(-request.duckDb));
  }
  return gain;
}
