import type { HeardBlock } from "@loa/edge-agent/sound/sinks/ring-buffer.ts";
import type { MeterReading } from "../virtual-device/signal-path.ts";

/** About a second of the mixer's output, as the virtual amplifier's input sees it. */
export interface OutputMeter {
  add(block: HeardBlock): void;
  read(): MeterReading;
}

const BLOCKS = 50;
const FULL_SCALE = 32_768;
const SILENCE_DB = -120;

export function createOutputMeter(): OutputMeter {
  const energies = new Float64Array(BLOCKS);
  const peaks = new Float64Array(BLOCKS);
  let next = 0;
  return {
    add({ samples }) {
      let energy = 0;
      let peak = 0;
      for (const sample of samples) {
        energy += sample * sample;
        const size = Math.abs(sample);
        if (size > peak) peak = size;
      }
      energies[next % BLOCKS] = energy / samples.length;
      peaks[next % BLOCKS] = peak;
      next += 1;
    },
    read: () => ({
      rmsDb: toDb(Math.sqrt(energies.reduce((sum, energy) => sum + energy, 0) / BLOCKS)),
      peakDb: toDb(peaks.reduce((most, peak) => Math.max(most, peak), 0)),
    }),
  };
}

function toDb(amplitude: number): number {
  return amplitude <= 0 ? SILENCE_DB : Math.max(SILENCE_DB, 20 * Math.log10(amplitude / FULL_SCALE));
}
