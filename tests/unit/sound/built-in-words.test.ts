import { cp, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { areWordsWhole } from "@loa/edge-agent/sound/built-in-words.ts";
import { keepWordsChecked } from "@loa/edge-agent/words-watch.ts";
import { builtInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import { DAY_MS, HOUR_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { createLogBook } from "../../support/log-book.ts";
import { systemPart } from "../../support/system-part.ts";
import { testFolder } from "../../support/temp-folder.ts";
import { createTestTime } from "../../support/test-time.ts";

const assets = fileURLToPath(new URL("../../../edge-agent/assets", import.meta.url));
const ffmpegPath = systemPart("ffmpeg")?.path ?? null;

describe.skipIf(ffmpegPath === null)("the built-in words", () => {
  const check = (folder: string) =>
    areWordsWhole({ ffmpegPath: ffmpegPath ?? "", log: createLogBook(), folder });

  test("of this version are whole", async () => {
    expect(await check(assets)).toBe(true);
  });

  test.each<[string, (path: string) => Promise<void>]>([
    ["gone", (path) => rm(path)],
    ["cut", (path) => truncate(path, 20_000)],
    ["something else", (path) => writeFile(path, "no sound")],
  ])("that are %s are not, whichever of them", async (_, spoil) => {
    for (const words of builtInWords) {
      const folder = await testFolder();
      await cp(assets, folder, { recursive: true });
      await spoil(join(folder, `notice-${words}.opus`));
      expect(await check(folder), words).toBe(false);
    }
  });

  test("are not to be said without a decoder", async () => {
    const log = createLogBook();
    expect(await areWordsWhole({ ffmpegPath: "/nonexistent/ffmpeg", log, folder: assets })).toBe(false);
    expect(log.lines.map(({ event }) => event)).toContain("sound.notice-missing");
  });
});

test("somebody looks at them soon after the start and once a day; while they are not whole, every hour", async () => {
  const time = createTestTime();
  const begins = time.clock.now();
  let areWhole = true;
  const found: [number, boolean][] = [];
  const end = keepWordsChecked({
    check: async () => areWhole,
    found: (answer) => found.push([Math.round((time.clock.now() - begins) / HOUR_MS), answer]),
    timers: time.timers,
  });
  await time.advance(HOUR_MS);
  expect(found).toEqual([[0, true]]);
  await time.advance(DAY_MS);
  areWhole = false;
  await time.advance(DAY_MS + HOUR_MS);
  areWhole = true;
  await time.advance(2 * HOUR_MS);
  expect(found).toEqual([
    [0, true],
    [24, true],
    [48, false],
    [49, false],
    [50, true],
  ]);
  end();
  await time.advance(7 * DAY_MS);
  expect(found).toHaveLength(5);
});

test("where nobody can look, as on a card that is broken, they count as lost, and the agent lives on", async () => {
  const time = createTestTime();
  const found: boolean[] = [];
  const end = keepWordsChecked({
    check: () => Promise.reject(new Error("EIO")),
    found: (answer) => found.push(answer),
    timers: time.timers,
  });
  await time.advance(2 * HOUR_MS);
  expect(found).toEqual([false, false]);
  end();
});
