import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audioFileEnd } from "@loa/shared/node/audio-file-end.ts";
import { describe, expect, test } from "vitest";
import { type AudioFormat, encode, tone, writeWav } from "../../golden-ear/make-audio.ts";
import { systemPart } from "../../support/system-part.ts";
import { testFolder } from "../../support/temp-folder.ts";

const part = systemPart("ffmpeg");
const selfDescribing = ["wav", "opus", "m4a", "aac"] as const satisfies readonly AudioFormat[];

describe.skipIf(part === null)("the end of an audio file", () => {
  test.each(selfDescribing)(
    "a whole %s is whole, and one that lost a byte or half of itself is cut",
    async (format) => {
      const wav = join(await testFolder(), "tone.wav");
      writeWav(wav, tone(1_000, 440, 0.3));
      const path = await encode(part?.path ?? "", wav, format);
      expect(audioFileEnd(path)).toBe("whole");
      const bytes = readFileSync(path);
      for (const length of [bytes.length - 1, Math.round(bytes.length / 2), 60]) {
        writeFileSync(path, bytes.subarray(0, length));
        expect.soft(audioFileEnd(path), `${length} bytes`).toBe("cut");
      }
    },
  );

  test.each(["mp3", "flac"] as const)("%s says it in frames, so we do not know", async (format) => {
    const wav = join(await testFolder(), "tone.wav");
    writeWav(wav, tone(1_000, 440, 0.3));
    expect(audioFileEnd(await encode(part?.path ?? "", wav, format))).toBe("unknown");
  });
});

describe("the end of other files", () => {
  test("nothing, text, a folder and a missing file are unknown", async () => {
    const folder = await testFolder();
    const text = join(folder, "text");
    writeFileSync(text, "RIFF is not enough");
    for (const path of [text, folder, join(folder, "missing")]) expect(audioFileEnd(path)).toBe("unknown");
  });

  test("a WAV whose writer could not seek back ends where it ends", async () => {
    const path = join(await testFolder(), "stream.wav");
    writeWav(path, tone(100, 440, 0.3));
    const bytes = readFileSync(path);
    for (const size of [0, 0xffff_ffff]) {
      bytes.writeUInt32LE(size, 40);
      writeFileSync(path, bytes);
      expect(audioFileEnd(path)).toBe("unknown");
    }
  });

  test.each([
    ["RIFF without end", Buffer.concat([Buffer.from("RIFFxxxxWAVE"), Buffer.alloc(100_000)])],
    ["boxes of size 0 and 1", Buffer.from("\0\0\0\x08ftyp\0\0\0\x01moov\0\0\0\0\0\0\0\0")],
    ["ADTS frames of length 0", Buffer.from([0xff, 0xf1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ])("%s are walked in bounded time", async (_name, bytes) => {
    const path = join(await testFolder(), "odd");
    writeFileSync(path, bytes);
    expect(["cut", "unknown"]).toContain(audioFileEnd(path));
  });
});
