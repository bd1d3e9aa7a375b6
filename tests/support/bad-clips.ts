import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { encode, ffmpeg, writeWav } from "../golden-ear/make-audio.ts";

/** A file that may come under the name of a clip, and what is to be said of it. */
export interface BadClip {
  readonly name: string;
  readonly path: string;
  /** The reason of its failure; `ended` where it is played as far as it is wanted. */
  readonly says: string;
}

const GIGABYTE = 1_024 ** 3;
const DATA_LIMIT_BYTES = 0xffff_ffff;

/** Files without a sample that anybody should hear. */
export async function silentBadClips(ffmpegPath: string, folder: string): Promise<readonly BadClip[]> {
  const pcm = Buffer.from(new Int16Array(96_000).fill(20_000).buffer);
  const file = (name: string, says: string, bytes: Buffer | string): BadClip => {
    const path = join(folder, `${name.replaceAll(" ", "-")}.mp3`);
    writeFileSync(path, bytes);
    return { name, path, says };
  };
  const picture = join(folder, "picture.png");
  await ffmpeg(ffmpegPath, ["-f", "lavfi", "-i", "testsrc=s=640x480:d=1:r=1", "-frames:v", "1", picture]);
  return [
    file("a picture", "not-audio", readFileSync(picture)),
    file("a file of nothing", "not-audio", ""),
    file("a page of HTML", "not-audio", "<!doctype html><html><body>Not found</body></html>"),
    file("a file that lists itself", "not-audio", "#EXTM3U\n#EXTINF:5,\na-file-that-lists-itself.mp3\n"),
    file("255 channels", "not-audio", wav({ channels: 255, rateHz: 48_000, dataBytes: pcm.length }, pcm)),
    file("1 Hz", "not-audio", wav({ channels: 1, rateHz: 1, dataBytes: pcm.length }, pcm)),
    file("0 Hz", "not-audio", wav({ channels: 1, rateHz: 0, dataBytes: pcm.length }, pcm)),
    { name: "a file that is missing", path: join(folder, "missing.mp3"), says: "clip-missing" },
  ];
}

/** Files that begin with `samples`, or hold them in an odd way: these are to be heard, and nothing else. */
export async function soundingBadClips(
  ffmpegPath: string,
  folder: string,
  samples: Float64Array,
): Promise<readonly BadClip[]> {
  const whole = join(folder, "whole.wav");
  writeWav(whole, samples);
  const data = readFileSync(whole).subarray(44);
  const cut = join(folder, "cut.mp3");
  renameSync(await encode(ffmpegPath, whole, "mp3"), cut);
  truncateSync(cut, Math.floor((readFileSync(cut).length * 2) / 3));
  const declared = join(folder, "declared.wav");
  writeFileSync(declared, wav({ channels: 1, rateHz: 48_000, dataBytes: DATA_LIMIT_BYTES - 36 }, data));
  const huge = join(folder, "huge.wav");
  writeSparse(huge, wav({ channels: 1, rateHz: 48_000, dataBytes: DATA_LIMIT_BYTES }, data));
  const fast = join(folder, "fast.wav");
  await ffmpeg(ffmpegPath, ["-i", whole, "-ar", "768000", fast]);
  return [
    { name: "truncated in the middle", path: cut, says: "truncated" },
    { name: "4 GB declared", path: declared, says: "truncated" },
    { name: "10 GB", path: huge, says: "ended" },
    { name: "768 kHz", path: fast, says: "ended" },
  ];
}

function writeSparse(path: string, head: Buffer): void {
  const file = openSync(path, "w");
  writeSync(file, head);
  closeSync(file);
  truncateSync(path, 10 * GIGABYTE);
}

/** A WAV of s16 whose head says what it likes. */
function wav(how: { channels: number; rateHz: number; dataBytes: number }, data: Buffer): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(Math.min(DATA_LIMIT_BYTES, how.dataBytes + 36), 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(how.channels, 22);
  head.writeUInt32LE(how.rateHz, 24);
  head.writeUInt32LE((how.rateHz * how.channels * 2) % 2 ** 32, 28);
  head.writeUInt16LE((how.channels * 2) & 0xffff, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(how.dataBytes, 40);
  return Buffer.concat([head, data]);
}
