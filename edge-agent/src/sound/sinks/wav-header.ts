import { SAMPLE_RATE_HZ } from "../format.ts";

export const WAV_HEADER_BYTES = 44;

/** Interleaved s16le at 48 kHz (Microsoft RIFF/WAVE, `fmt ` of 16 bytes). */
export function wavHeader(frames: number, channels = 1): Uint8Array {
  const frameBytes = 2 * channels;
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, WAV_HEADER_BYTES - 8 + frames * frameBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, SAMPLE_RATE_HZ, true);
  view.setUint32(28, SAMPLE_RATE_HZ * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, frames * frameBytes, true);
  return bytes;
}
