import { brokenAtMs, createFfmpegLines } from "@loa/controller/media/ffmpeg-lines.ts";
import { describe, expect, test } from "vitest";

function read(...lines: readonly string[]) {
  const reader = createFfmpegLines();
  for (const line of lines) reader.readLine(line);
  return reader.notes;
}

const heartbeat = (second: number) =>
  `[Parsed_ebur128_2 @ 0x55] t: ${second}    TARGET:-23 LUFS    M: -41.1 S:-120.7     I: -41.1 LUFS`;

describe("a complaint in the middle is damage, and the second is told", () => {
  // As ffmpeg 2018 to 5 (ffmpeg.c), 6 and 7 (ffmpeg_dec.c, ffmpeg_demux.c), the Ogg demuxer and the FLAC decoder say it.
  test.each([
    "Error while decoding stream #0:0: Invalid data found when processing input",
    "[mp3float @ 0x1] [dec:mp3float] Error submitting packet to decoder: Invalid data found when processing input",
    "[aist#0:0/aac @ 0x1] [dec:aac @ 0x2] Decoding error: Invalid data found when processing input",
    "[in#0/wav @ 0x1] corrupt input packet in stream 0",
    "file:/tmp/a.wav: corrupt input packet in stream 0",
    "[ogg @ 0x564bb5f79a00] CRC mismatch!",
    "[flac @ 0x5616be617900] CRC error at PTS 474624",
  ])("%s", (complaint) => {
    const notes = read("Stream mapping:", heartbeat(2.39998), complaint, heartbeat(2.49998), heartbeat(4.9));
    expect(brokenAtMs(notes, 5_000)).toBe(2_400);
  });
});

test("a complaint about the first frame, or behind the last sound, is none", () => {
  const complaint = "Error while decoding stream #0:0: Invalid data found when processing input";
  const first = read("Stream mapping:", complaint, heartbeat(0.1), heartbeat(4.9));
  expect(brokenAtMs(first, 5_000)).toBeNull();
  const last = read("Stream mapping:", heartbeat(4.9), complaint);
  expect(brokenAtMs(last, 5_000)).toBeNull();
});

test("what the first look at the file complains of is not counted", () => {
  const notes = read("[ogg @ 0x1] CRC mismatch!", "Stream mapping:", heartbeat(0.1), heartbeat(4.9));
  expect(notes.lost).toBeNull();
});

test("a demuxer that gives up is noted, in the words of each build", () => {
  expect(read("file:/tmp/a.aac: Invalid data found when processing input").isUnread).toBe(true);
  expect(read("[in#0/aac @ 0x1] Error during demuxing: Invalid data found").isUnread).toBe(true);
  expect(read("[mp3 @ 0x1] Header missing").isUnread).toBe(false);
});

test("progress is read from the status line", () => {
  const told: number[] = [];
  const { readLine } = createFfmpegLines((ms) => told.push(ms));
  readLine("size=    8640kB time=00:01:32.16 bitrate= 768.0kbits/s speed= 184x");
  readLine("size=N/A time=01:00:00.50 bitrate=N/A speed= 206x");
  readLine("size=       0kB time=N/A bitrate=N/A speed=N/A");
  expect(told).toEqual([92_160, 3_600_500]);
});
