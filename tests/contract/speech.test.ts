import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Dialect, dialects } from "@loa/controller/media/speech/dialect.ts";
import {
  DEFAULT_RATE,
  MAX_SPOKEN_CHARS,
  MAX_WAITING_TEXTS,
} from "@loa/controller/media/speech/speech-limits.ts";
import { createEspeakVoice } from "@loa/controller/media/speech/voice/espeak-voice.ts";
import { expect, onTestFinished, test } from "vitest";
import { clipOf, quietLog } from "../support/media-bench.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const hasFfmpeg = systemPart("ffmpeg") !== null;

const flood =
  "Thông báo khẩn cấp. Nước sông đang lên nhanh. Bà con vùng trũng sơ tán ngay đến nhà văn hóa. Gọi một một bốn khi cần cứu giúp.";

async function openVoice(limitMs?: number) {
  const folder = join(await testFolder(), "speech");
  const voice = createEspeakVoice({ folder, log: quietLog, ...(limitMs === undefined ? {} : { limitMs }) });
  onTestFinished(() => voice.close());
  const speak = (text: string, dialect: Dialect = "north", rate = DEFAULT_RATE) =>
    voice.speak({ text, dialect, rate });
  async function spoken(...wish: Parameters<typeof speak>) {
    const made = await speak(...wish);
    if (!made.ok) throw new Error(made.error);
    return made.value;
  }
  return { folder, voice, speak, spoken };
}

const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

test("the same words in the same voice are the same bytes, in another dialect or pace others", async () => {
  const { spoken } = await openVoice();
  const first = hashOf((await spoken(flood)).path);
  expect(hashOf((await spoken(flood)).path)).toBe(first);
  const others = [
    await spoken(flood, "central"),
    await spoken(flood, "south"),
    await spoken(flood, "north", 110),
    await spoken(flood.replace("bốn", "năm")),
  ];
  expect(new Set([first, ...others.map(({ path }) => hashOf(path))]).size).toBe(5);
});

test.skipIf(!hasFfmpeg).each(dialects)(
  "a clip of the %s lasts as long as speech does and is as loud as a person's",
  async (dialect) => {
    const { spoken } = await openVoice();
    const file = await spoken(flood, dialect);
    const clip = await clipOf(file.path, {}, { isMachineVoice: true });
    // 27 words, three pauses.
    expect(clip.durationMs).toBeGreaterThan(7_000);
    expect(clip.durationMs).toBeLessThan(18_000);
    expect(clip.loudnessLufs + clip.gainDb).toBeCloseTo(-16, 0);
    expect(clip.truePeakDb + clip.gainDb).toBeLessThanOrEqual(-0.9);
    const again = await clipOf((await spoken(flood, dialect)).path, {}, { isMachineVoice: true });
    expect(again.sha256).toBe(clip.sha256);
  },
);

test("the longest text is spoken, slowly too", async () => {
  const { spoken } = await openVoice();
  const text = "Bà con chú ý. ".repeat(1_000).slice(0, MAX_SPOKEN_CHARS);
  const { sizeBytes, path } = await spoken(text, "south", 180);
  expect(readFileSync(path).length).toBe(sizeBytes);
});

test("a text that takes too long is given up, and nothing of it is left", async () => {
  const { folder, speak } = await openVoice(1);
  expect(await speak(flood)).toEqual({ ok: false, error: "failed" });
  expect(readdirSync(folder)).toEqual([]);
});

test("what comes while many wait is told so at once, and the others are spoken", async () => {
  const { speak } = await openVoice();
  const all = await Promise.all(Array.from({ length: MAX_WAITING_TEXTS + 2 }, () => speak("Một hai ba.")));
  expect(all.filter((one) => one.ok)).toHaveLength(MAX_WAITING_TEXTS + 1);
  expect(all.at(-1)).toEqual({ ok: false, error: "busy" });
});

test("closing ends the text under way", async () => {
  const { voice, speak, folder } = await openVoice();
  const all = [speak(flood), speak(flood)];
  await voice.close();
  expect(await Promise.all(all)).toEqual([
    { ok: false, error: "failed" },
    { ok: false, error: "failed" },
  ]);
  expect(readdirSync(folder)).toEqual([]);
});
