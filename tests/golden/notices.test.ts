import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadNotices } from "@loa/edge-agent/sound/notice.ts";
import { BUILT_IN_NOTICE_MS, BUILT_IN_TEXT, builtInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { soundingStretch } from "../golden-ear/gaps.ts";
import { rmsDb } from "../golden-ear/level.ts";
import { fromPcm16 } from "../golden-ear/recording.ts";
import { createLogBook } from "../support/log-book.ts";
import { systemPart } from "../support/system-part.ts";

const ffmpegPath = systemPart("ffmpeg")?.path ?? null;

describe.skipIf(ffmpegPath === null)("the built-in notices", () => {
  test.each(builtInWords)("%s: speaks loud and clear, as long as everybody reckons", async (words) => {
    const notices = loadNotices({ ffmpegPath: ffmpegPath ?? "", log: createLogBook() });
    await notices.ready;
    const pcm = notices.pcm(words);
    if (!(pcm instanceof Int16Array)) throw new Error(String(pcm));
    expect(pcm.length / 48).toBe(BUILT_IN_NOTICE_MS[words]);
    const recording = fromPcm16(pcm, 48_000, 0);
    const spoken = soundingStretch(recording, -40);
    expect(spoken?.fromAt).toBeLessThan(100);
    // Only a breath of silence follows: nothing is cut off, and what comes next does not wait.
    expect(spoken?.toAt).toBeGreaterThan(BUILT_IN_NOTICE_MS[words] - 800);
    expect(spoken?.toAt).toBeLessThan(BUILT_IN_NOTICE_MS[words] - 20);
    expect(rmsDb(recording)).toBeGreaterThan(-22);
    expect(pcm.every((sample) => Math.abs(sample) < 32_000)).toBe(true);
  });

  test("that-are-missing-are-said-to-be-missing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "loa-notices-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const log = createLogBook();
    const notices = loadNotices({ ffmpegPath: ffmpegPath ?? "", log, folder });
    expect(notices.pcm("actual")).toBeNull();
    await notices.ready;
    expect(notices.pcm("actual")).toBe("clip-missing");
    const none = loadNotices({ ffmpegPath: "/nonexistent/ffmpeg", log });
    await none.ready;
    expect(none.pcm("exercise")).toBe("decoder-died");
  });
});

test.each(builtInWords)("%s: the pages show what is said, and play what the box plays", (words) => {
  const assets = join(import.meta.dirname, "../../edge-agent/assets");
  const made = readFileSync(join(assets, "make-notices.sh"), "utf8");
  expect(made).toContain(`make notice-${words}.opus "${BUILT_IN_TEXT[words]}"`);
  const atPages = join(import.meta.dirname, `../../controller/web/public/notices/${words}.ogg`);
  expect(readFileSync(atPages).equals(readFileSync(join(assets, `notice-${words}.opus`)))).toBe(true);
});
