import type { SoundFormat } from "./sound-format.ts";

/** MPEG counts in 90 kHz and starts again after 2^33 (26.5 h). */
const TICKS_PER_MS = 90;
const WRAP_TICKS = 2 ** 33;

/**
 * The time stamp of the first sound in a segment, ms of the stream's own count; null where it has none that we read.
 * It places a segment among the samples that were decoded before it, to which the rounded lengths in a playlist add
 * up only roughly.
 */
export function mediaTimeMs(format: SoundFormat, bytes: Buffer): number | null {
  if (format === "mpegts") return ticksToMs(firstSoundPts(bytes));
  return format === "aac" || format === "mp3" ? ticksToMs(id3Ticks(bytes)) : null;
}

/** From `earlier` to `later`, also over the wrap. */
export function mediaTimeBetween(earlierMs: number, laterMs: number): number {
  const wrapMs = WRAP_TICKS / TICKS_PER_MS;
  const distance = (((laterMs - earlierMs) % wrapMs) + wrapMs) % wrapMs;
  return distance > wrapMs / 2 ? distance - wrapMs : distance;
}

function ticksToMs(ticks: number | null): number | null {
  return ticks === null ? null : ticks / TICKS_PER_MS;
}

const PACKET_BYTES = 188;

/** ISO/IEC 13818-1: 2.4.3.2 for packets, 2.4.3.6 for the head of a PES packet. */
function firstSoundPts(bytes: Buffer): number | null {
  for (let at = 0; at + PACKET_BYTES <= bytes.length && bytes[at] === 0x47; at += PACKET_BYTES) {
    const startsUnit = ((bytes[at + 1] ?? 0) & 0x40) !== 0;
    const control = ((bytes[at + 3] ?? 0) >> 4) & 3;
    if (!startsUnit || (control & 1) === 0) continue;
    const pes = at + 4 + (control === 3 ? 1 + (bytes[at + 4] ?? 0) : 0);
    if (pes + 14 > at + PACKET_BYTES || bytes.readUIntBE(pes, 3) !== 1) continue;
    const stream = bytes[pes + 3] ?? 0;
    const isSound = (stream >= 0xc0 && stream <= 0xdf) || stream === 0xbd;
    const hasPts = ((bytes[pes + 7] ?? 0) & 0x80) !== 0;
    if (isSound && hasPts) return ptsAt(bytes, pes + 9);
  }
  return null;
}

function ptsAt(bytes: Buffer, at: number): number {
  const high = ((bytes[at] ?? 0) >> 1) & 7;
  const middle = bytes.readUInt16BE(at + 1) >> 1;
  const low = bytes.readUInt16BE(at + 3) >> 1;
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}

/** Packed audio carries it in an ID3 PRIV frame (RFC 8216, section 3.4). */
const OWNER = "com.apple.streaming.transportStreamTimestamp\0";

function id3Ticks(bytes: Buffer): number | null {
  if (bytes.toString("latin1", 0, 3) !== "ID3") return null;
  const at = bytes.subarray(0, 1_024).indexOf(OWNER, 0, "latin1");
  const valueAt = at + OWNER.length;
  return at < 0 || valueAt + 8 > bytes.length ? null : Number(bytes.readBigUInt64BE(valueAt)) % WRAP_TICKS;
}
