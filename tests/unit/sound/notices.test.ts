import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadNotices } from "@loa/edge-agent/sound/notice.ts";
import { expect, test } from "vitest";
import { eventuallySo } from "../../support/eventually.ts";
import { createLogBook } from "../../support/log-book.ts";
import { testFolder } from "../../support/temp-folder.ts";

/** Red when one failure is the last word: a box whose disk was slow at its start would only howl in every alarm. */
test("the built-in words that could not be decoded at the start are decoded when they are asked for", async () => {
  const folder = await testFolder();
  const isWell = join(folder, "is-well");
  const ffmpegPath = join(folder, "ffmpeg");
  await writeFile(ffmpegPath, `#!/bin/sh\n[ -e "${isWell}" ] && printf "sound" || exit 1\n`);
  await chmod(ffmpegPath, 0o755);
  const notices = loadNotices({ ffmpegPath, log: createLogBook() });
  await notices.ready;
  expect(notices.pcm("actual")).toBe("clip-missing");
  await eventuallySo("it was tried again", 5_000, () => notices.pcm("actual") === "clip-missing");
  await writeFile(isWell, "");
  await eventuallySo("the words are there", 5_000, () => notices.pcm("actual") instanceof Int16Array);
});
