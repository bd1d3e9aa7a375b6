import { BLOCK_FRAMES } from "./format.ts";
import { createLimiter } from "./limiter.ts";
import { type BlockFigures, measure } from "./meter.ts";
import { isFor, type Output, type OutputLayout } from "./output-layout.ts";

/** One block of each output: voices are added, then the sum is limited and measured. */
export interface OutputBuses {
  /** In the order of the layout; used again for every block. */
  readonly buses: readonly Float32Array[];
  /** What the loudest output holds, after `finish`. */
  readonly figures: Readonly<BlockFigures>;
  /** Frames of the block that a limiter held back hard. */
  readonly clipped: number;
  clear(): void;
  /** Adds frames of the programme to every output that `zones` asks for. */
  add(
    programme: Float32Array,
    from: number,
    count: number,
    gain: number,
    zones: readonly number[] | null,
  ): void;
  finish(): void;
  /** The same for a block in which nothing sounded. */
  finishSilence(): void;
}

const SILENCE: BlockFigures = { energy: 0, peak: 0, lowest: 0, highest: 0 };

export function createOutputBuses(layout: OutputLayout): OutputBuses {
  const { outputs } = layout;
  const buses = outputs.map(() => new Float32Array(BLOCK_FRAMES));
  const lines = linesOf(layout, buses);
  const figures: BlockFigures = { energy: 0, peak: 0, lowest: 0, highest: 0 };
  const busFigures: BlockFigures = { energy: 0, peak: 0, lowest: 0, highest: 0 };
  let clipped = 0;
  return {
    buses,
    figures,
    get clipped() {
      return clipped;
    },
    clear() {
      for (const bus of buses) bus.fill(0);
    },
    add(programme, from, count, gain, zones) {
      if (gain === 0) return;
      for (let index = 0; index < buses.length; index += 1) {
        const bus = buses[index];
        const output = outputs[index];
        if (bus === undefined || output === undefined || !isFor(output, zones)) continue;
        if (layout.programme === 1) addMono(bus, programme, from, count, gain);
        else addStereo(bus, programme, from, count, gain, output.side);
      }
    },
    finish() {
      clipped = 0;
      for (const line of lines) clipped = Math.max(clipped, line.limiter.process(line.buses));
      figures.energy = -1;
      for (const bus of buses) {
        measure(bus, busFigures);
        if (busFigures.energy > figures.energy) Object.assign(figures, busFigures);
      }
    },
    finishSilence() {
      for (const { limiter } of lines) limiter.letGo();
      clipped = 0;
      Object.assign(figures, SILENCE);
    },
  };
}

/** Outputs of one line keep their balance: they share a limiter. Lines do not: one must not turn another down. */
function linesOf(layout: OutputLayout, buses: readonly Float32Array[]) {
  return [...new Set(layout.outputs.map(({ zone }) => zone))].map((line) => ({
    limiter: createLimiter(),
    buses: buses.filter((_, output) => layout.outputs[output]?.zone === line),
  }));
}

function addMono(bus: Float32Array, voice: Float32Array, from: number, count: number, gain: number): void {
  const end = from + count;
  for (let frame = from; frame < end; frame += 1) bus[frame] = (bus[frame] ?? 0) + (voice[frame] ?? 0) * gain;
}

function addStereo(
  bus: Float32Array,
  voice: Float32Array,
  from: number,
  count: number,
  gain: number,
  side: Output["side"],
): void {
  const left = side === "left" ? gain : side === "right" ? 0 : gain / 2;
  const right = side === "right" ? gain : side === "left" ? 0 : gain / 2;
  const end = from + count;
  for (let frame = from; frame < end; frame += 1) {
    bus[frame] = (bus[frame] ?? 0) + (voice[2 * frame] ?? 0) * left + (voice[2 * frame + 1] ?? 0) * right;
  }
}
