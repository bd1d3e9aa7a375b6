import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { wavSamples } from "../golden-ear/recording.ts";
import type { CardTime } from "./card-recording.ts";
import { machineNow } from "./machine-time.ts";

/** The test's hand on a card: the fields of `card_control_t` (card-files.h), 8 bytes each, in this order. */
const fields = ["isAbsent", "vanishedCount", "stillFrom", "stillTo", "underrunsTo", "lineFrom"] as const;
type Field = (typeof fields)[number];

export interface CardControl {
  /** Makes the files that the card needs; with `captureWav` it has a line. */
  create(captureWav: string | null): void;
  makeVanish(): void;
  comeBack(): void;
  stallFor(durationMs: number): void;
  underrunFor(durationMs: number): void;
  playLine(wavPath: string): void;
}

export function createCardControl(folder: string, time: CardTime): CardControl {
  const path = join(folder, "control");
  const linePath = join(folder, "line.raw");
  let vanishedCount = 0;

  function set(field: Field, value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    const file = openSync(path, "r+");
    writeSync(file, bytes, 0, 8, fields.indexOf(field) * 8);
    closeSync(file);
  }

  const placeIn = (durationMs: number) =>
    Math.ceil(((machineNow() + durationMs - time.zeroAt) * time.rateHz) / 1_000);

  return {
    create(captureWav) {
      writeFileSync(path, Buffer.alloc(fields.length * 8));
      if (captureWav !== null) writeFileSync(linePath, lineBytes(captureWav, time.channels));
    },
    makeVanish() {
      vanishedCount += 1;
      set("isAbsent", 1);
      set("vanishedCount", vanishedCount);
    },
    comeBack: () => set("isAbsent", 0),
    stallFor(durationMs) {
      // The end first: with the old end and the new beginning there is no standstill between the two writes.
      const from = placeIn(0);
      set("stillFrom", Number.MAX_SAFE_INTEGER);
      set("stillTo", placeIn(durationMs));
      set("stillFrom", from);
    },
    underrunFor: (durationMs) => set("underrunsTo", placeIn(durationMs)),
    playLine(wavPath) {
      writeFileSync(linePath, lineBytes(wavPath, time.channels));
      set("lineFrom", placeIn(0));
    },
  };
}

/** Interleaved s16le in as many channels as the card has; a mono file comes in on all of them. */
function lineBytes(wavPath: string, channels: number): Buffer {
  const wav = wavSamples(readFileSync(wavPath));
  const frames = wav.interleaved.length / wav.channels;
  const bytes = Buffer.alloc(frames * channels * 2);
  for (let frame = 0; frame < frames; frame += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      const sample = wav.interleaved[frame * wav.channels + Math.min(channel, wav.channels - 1)] ?? 0;
      bytes.writeInt16LE(sample, (frame * channels + channel) * 2);
    }
  }
  return bytes;
}
