import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Recording } from "../golden-ear/recording.ts";
import { machineNow } from "./machine-time.ts";

/** Frame `n` of a card is heard at `zeroAt + n * 1000 / rateHz`, machine time; `rateHz` has the crystal's error in it. */
export interface CardTime {
  readonly zeroAt: number;
  readonly rateHz: number;
  readonly nominalRateHz: number;
  readonly channels: number;
}

export interface HeardPart {
  readonly fromAt?: number;
  readonly toAt?: number;
  /** From 0; all of them mixed unless told. */
  readonly channel?: number;
}

/** `refused`: somebody has it open already. `unrecorded`: the disk is full. */
const eventKinds = ["open", "start", "xrun", "stop", "vanish", "close", "refused", "unrecorded"] as const;

export interface CardEvent {
  readonly kind: (typeof eventKinds)[number];
  readonly stream: "playback" | "capture";
  /** When, machine time; of a refusal nothing is known but that it was. */
  readonly at: number;
  readonly pid: number;
}

/** The card writes what it played every 10 ms; on a busy machine later. */
const NOT_YET_WRITTEN_MS = 50;

export function readHeard(folder: string, time: CardTime, part: HeardPart): Recording {
  const { zeroAt, rateHz, channels } = time;
  const lastAt = machineNow() - NOT_YET_WRITTEN_MS;
  const frameAt = (at: number) => Math.max(0, Math.ceil(((at - zeroAt) * rateHz) / 1_000));
  const from = frameAt(part.fromAt ?? zeroAt);
  const to = Math.max(from, frameAt(Math.min(lastAt, part.toAt ?? lastAt)));
  const heard = readFrames(join(folder, "heard.raw"), from, to, channels);
  const samples = new Float64Array(to - from);
  for (let frame = 0; frame < samples.length; frame += 1) {
    samples[frame] = sampleOf(heard, frame, channels, part.channel) / 32_768;
  }
  return {
    samples,
    sampleRateHz: rateHz,
    nominalRateHz: time.nominalRateHz,
    firstSampleAt: zeroAt + (from * 1_000) / rateHz,
  };
}

function sampleOf(heard: Int16Array, frame: number, channels: number, channel: number | undefined): number {
  if (channel !== undefined) return heard[frame * channels + channel] ?? 0;
  let sum = 0;
  for (let index = 0; index < channels; index += 1) sum += heard[frame * channels + index] ?? 0;
  return sum / channels;
}

/** Zeros where the file does not (yet) reach: nothing was played there. */
function readFrames(path: string, from: number, to: number, channels: number): Int16Array {
  const heard = new Int16Array((to - from) * channels);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return heard;
  }
  const bytes = new Uint8Array(heard.buffer);
  const available = Math.min(bytes.length, Math.max(0, fstatSync(file).size - from * channels * 2));
  for (let done = 0; done < available; ) {
    const count = readSync(file, bytes, done, available - done, from * channels * 2 + done);
    if (count === 0) break;
    done += count;
  }
  closeSync(file);
  return heard;
}

export function readEvents(folder: string, time: CardTime): readonly CardEvent[] {
  let text: string;
  try {
    text = readFileSync(join(folder, "events"), "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseEvent(line, time));
}

function parseEvent(line: string, time: CardTime): CardEvent {
  const [place = "", stream, word, pid = ""] = line.split(" ");
  const kind = eventKinds.find((one) => one === word);
  if (kind === undefined || (stream !== "playback" && stream !== "capture")) throw new Error(line);
  return { kind, stream, at: time.zeroAt + (Number(place) * 1_000) / time.rateHz, pid: Number(pid) };
}
