/** Mono samples, 1 is full scale, and the time of the first one on whatever clock the test uses, ms. */
export interface Recording {
  readonly samples: Float64Array;
  /** How fast they were really heard. */
  readonly sampleRateHz: number;
  /** What they were made for, where the card's crystal was off. */
  readonly nominalRateHz?: number;
  readonly firstSampleAt: number;
}

export function fromPcm16(samples: Int16Array, sampleRateHz: number, firstSampleAt: number): Recording {
  return { samples: Float64Array.from(samples, (sample) => sample / 32_768), sampleRateHz, firstSampleAt };
}

/** Blocks that follow each other, as the ring buffer sink gives them. */
export function fromBlocks(
  blocks: readonly { readonly samples: Int16Array; readonly monotonicAt: number }[],
  sampleRateHz: number,
): Recording {
  const first = blocks[0];
  const samples = new Int16Array(blocks.reduce((sum, block) => sum + block.samples.length, 0));
  let at = 0;
  for (const block of blocks) {
    samples.set(block.samples, at);
    at += block.samples.length;
  }
  return fromPcm16(samples, sampleRateHz, first?.monotonicAt ?? 0);
}

/** Reads a RIFF/WAVE file of 16-bit PCM, mixing its channels to one. */
export function fromWav(bytes: Uint8Array, firstSampleAt: number): Recording {
  const { interleaved, channels, sampleRateHz } = wavSamples(bytes);
  const samples = new Float64Array(interleaved.length / channels);
  for (let frame = 0; frame < samples.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1)
      sum += interleaved[frame * channels + channel] ?? 0;
    samples[frame] = sum / channels / 32_768;
  }
  return { samples, sampleRateHz, firstSampleAt };
}

export interface WavSamples {
  readonly interleaved: Int16Array;
  readonly channels: number;
  readonly sampleRateHz: number;
}

/** The 16-bit samples of a RIFF/WAVE file as they lie there. */
export function wavSamples(bytes: Uint8Array): WavSamples {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  let channels = 1;
  let sampleRateHz = 48_000;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (text(at) === "fmt ") {
      channels = view.getUint16(at + 10, true);
      sampleRateHz = view.getUint32(at + 12, true);
    }
    if (text(at) === "data") {
      const frames = Math.floor(Math.min(size, bytes.length - at - 8) / 2 / channels);
      const interleaved = Int16Array.from({ length: frames * channels }, (_, index) =>
        view.getInt16(at + 8 + index * 2, true),
      );
      return { interleaved, channels, sampleRateHz };
    }
    at += 8 + size + (size % 2);
  }
  throw new Error("no data chunk: not a WAV file");
}

/** The part from `fromAt` (inclusive) to `toAt` (exclusive), on the recording's clock. */
export function slice(recording: Recording, fromAt: number, toAt: number): Recording {
  const index = (at: number) =>
    Math.min(
      recording.samples.length,
      Math.max(0, Math.round(((at - recording.firstSampleAt) * recording.sampleRateHz) / 1_000)),
    );
  const from = index(fromAt);
  return {
    ...recording,
    samples: recording.samples.subarray(from, index(toAt)),
    firstSampleAt: timeOf(recording, from),
  };
}

export function timeOf(recording: Recording, index: number): number {
  return recording.firstSampleAt + (index * 1_000) / recording.sampleRateHz;
}

export function durationMs(recording: Recording): number {
  return (recording.samples.length * 1_000) / recording.sampleRateHz;
}
