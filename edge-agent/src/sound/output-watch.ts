import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SoundTrouble } from "../ports.ts";
import { BLOCK_FRAMES, dbToGain } from "./format.ts";
import type { Mixer } from "./mixer.ts";
import type { ReportQueue } from "./report-queue.ts";
import { isInTheMix, type Voice } from "./voice.ts";
import { createClippingWatch } from "./watch-clipping.ts";
import { createDeadAirWatch } from "./watch-dead-air.ts";
import { createStuckWatch } from "./watch-stuck.ts";

/** Listens to everything that goes out, and says what is wrong with it. */
export interface OutputWatch {
  /** The block that was just mixed. */
  add(mixer: Mixer, voices: readonly Voice[], heardAt: MonotonicMs): void;
}

/** A sound turned down further than this is meant to be hardly heard. */
const MEANT_QUIET = dbToGain(-30);

export function createOutputWatch(reports: ReportQueue): OutputWatch {
  const deadAir = createDeadAirWatch();
  const clipping = createClippingWatch();
  const stuck = createStuckWatch();
  const raised = new Set<SoundTrouble>();
  const sum = new Float32Array(BLOCK_FRAMES);

  function report(trouble: SoundTrouble, isRaised: boolean, at: MonotonicMs): void {
    if (raised.has(trouble) === isRaised) return;
    if (isRaised) raised.add(trouble);
    else raised.delete(trouble);
    reports.add({ kind: "trouble", soundId: null, at, trouble, isRaised });
  }

  return {
    add({ output, volume }, voices, heardAt) {
      const { figures } = output;
      const shouldSound = voices.some((voice) => isMeantToBeHeard(voice, volume.value));
      report("dead-air", deadAir.add(figures, shouldSound), heardAt);
      report("clipping", clipping.add(output.clipped), heardAt);
      const isJudged = shouldSound && voices.every((voice) => !isInTheMix(voice) || mayNotRepeat(voice));
      const bus = output.buses.length === 1 ? (output.buses[0] ?? sum) : addUp(output.buses, sum);
      report("stuck-sound", stuck.add(bus, figures.lowest, figures.highest, isJudged), heardAt);
    },
  };
}

function isMeantToBeHeard(voice: Voice, volume: number): boolean {
  if (voice.phase !== "sounding") return false;
  return voice.gain * voice.duck.target * (voice.isEmergency ? 1 : volume) >= MEANT_QUIET;
}

/** Siren, chime and tone repeat by design, and so may the siren in a clip of an emergency. */
function mayNotRepeat({ isEmergency, request }: Voice): boolean {
  return !isEmergency && (request.source.kind === "clip" || request.source.kind === "relay");
}

function addUp(buses: readonly Float32Array[], into: Float32Array): Float32Array {
  into.fill(0);
  for (const bus of buses) {
    for (let frame = 0; frame < into.length; frame += 1) into[frame] = (into[frame] ?? 0) + (bus[frame] ?? 0);
  }
  return into;
}
