import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/**
 * `whole` and `cut` by what the container itself says about its length; `unknown` for containers that do not say
 * (mp3 and FLAC say it in frames, which only decoding can check) and for files that cannot be read.
 */
export type FileEnd = "whole" | "cut" | "unknown";

/**
 * Reads a few headers; of raw AAC, which has no other end than its last frame, everything, but only up to `limitBytes`:
 * a longer one stays `unknown`. Decoders accept files that stop in the middle without a word.
 */
export function audioFileEnd(path: string, limitBytes = Number.POSITIVE_INFINITY): FileEnd {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "unknown";
  }
  try {
    return endOf(createReader(file), limitBytes);
  } catch {
    return "unknown";
  } finally {
    closeSync(file);
  }
}

interface Reader {
  readonly sizeBytes: number;
  /** Up to `length` bytes; fewer at the end of the file. */
  at(position: number, length: number): Buffer;
}

function createReader(file: number): Reader {
  return {
    sizeBytes: fstatSync(file).size,
    at(position, length) {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, position));
    },
  };
}

function endOf(reader: Reader, limitBytes: number): FileEnd {
  const head = reader.at(0, 12);
  if (head.length < 12) return "unknown";
  if (head.toString("latin1", 0, 4) === "RIFF" && head.toString("latin1", 8, 12) === "WAVE")
    return wavEnd(reader);
  if (head.toString("latin1", 0, 4) === "OggS") return oggEnd(reader);
  if (head.toString("latin1", 4, 8) === "ftyp") return mp4End(reader);
  if (isAdts(head)) return reader.sizeBytes > limitBytes ? "unknown" : adtsEnd(reader);
  return "unknown";
}

/** More chunks or boxes than this before the audio is not a file that we want to walk. */
const WALK_LIMIT = 1_000;

/** Chunks of id, size, data, padded to even (Microsoft RIFF, 1991). */
function wavEnd(reader: Reader): FileEnd {
  let position = 12;
  for (let walked = 0; walked < WALK_LIMIT; walked += 1) {
    const head = reader.at(position, 8);
    if (head.length < 8) return "cut";
    const size = head.readUInt32LE(4);
    if (head.toString("latin1", 0, 4) === "data") {
      // A writer that could not seek back leaves 0 or all ones: such a stream ends where the file ends.
      if (size === 0 || size === 0xffff_ffff) return "unknown";
      return position + 8 + size <= reader.sizeBytes ? "whole" : "cut";
    }
    position += 8 + size + (size % 2);
  }
  return "unknown";
}

/** RFC 3533: pages of at most 65,307 bytes; flag 4 marks the last page of a stream. */
function oggEnd(reader: Reader): FileEnd {
  const tailAt = Math.max(0, reader.sizeBytes - 2 * 65_307);
  const tail = reader.at(tailAt, reader.sizeBytes - tailAt);
  const page = tail.lastIndexOf("OggS");
  if (page < 0 || page + 27 > tail.length) return "cut";
  const flags = tail[page + 5] ?? 0;
  const segments = tail[page + 26] ?? 0;
  let end = page + 27 + segments;
  for (let index = 0; index < segments; index += 1) end += tail[page + 27 + index] ?? 0;
  return (flags & 4) !== 0 && end <= tail.length ? "whole" : "cut";
}

/** ISO/IEC 14496-12: boxes of size and type; size 1 means a 64-bit size, 0 means up to the end of the file. */
function mp4End(reader: Reader): FileEnd {
  let position = 0;
  let hasIndex = false;
  for (let walked = 0; walked < WALK_LIMIT && position < reader.sizeBytes; walked += 1) {
    const head = reader.at(position, 16);
    if (head.length < 8) return "cut";
    const type = head.toString("latin1", 4, 8);
    if (type === "moov" || type === "moof") hasIndex = true;
    const short = head.readUInt32BE(0);
    const size = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (short === 0) break;
    if (size < 8) return "unknown";
    position += size;
  }
  return position <= reader.sizeBytes && hasIndex ? "whole" : "cut";
}

function isAdts(head: Buffer): boolean {
  return head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0;
}

/** ISO/IEC 13818-7: every ADTS frame starts with its own length (13 bits). An hour is about 170,000 frames. */
function adtsEnd(reader: Reader): FileEnd {
  const CHUNK_BYTES = 1 << 20;
  let chunkAt = 0;
  let chunk = reader.at(0, CHUNK_BYTES);
  let position = 0;
  while (position < reader.sizeBytes) {
    if (position + 7 > chunkAt + chunk.length) {
      chunkAt = position;
      chunk = reader.at(position, CHUNK_BYTES);
      if (chunk.length < 7) return "cut";
    }
    const frame = chunk.subarray(position - chunkAt, position - chunkAt + 7);
    // A tag or padding after the last frame says nothing about the sound.
    if (!isAdts(frame)) return "unknown";
    const length = (((frame[3] ?? 0) & 3) << 11) | ((frame[4] ?? 0) << 3) | ((frame[5] ?? 0) >> 5);
    if (length < 7) return "unknown";
    position += length;
  }
  return position === reader.sizeBytes ? "whole" : "cut";
}
