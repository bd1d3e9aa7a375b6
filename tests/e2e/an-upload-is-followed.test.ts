import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encode, ffmpeg, tone, writeWav } from "../golden-ear/make-audio.ts";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart, systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { openBrowser, signIn, visit } from "./page-support.ts";

const { password } = ownOperator;
const ffmpegPath = systemPart("ffmpeg")?.path ?? null;
const LIMIT_MS = 90_000;

describeWithPart("chromium", "an upload on the page", ({ path }) => {
  let folder: TemporaryFolder;
  let room: ControlRoom;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await openOwnControlRoom(join(folder.path, "data"), await ensureWebBuilt());
    browser = await openBrowser(path);
    const origin = `http://127.0.0.1:${room.httpPort}`;
    ({ page } = await visit(browser, origin));
    await signIn(page, "operator", password);
    await page.getByRole("link", { name: "Phát bản tin" }).click();
  }, LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await room?.close();
    await folder?.remove();
  });

  it.skipIf(ffmpegPath === null)(
    "is told phase by phase, and then what was measured, cut away and made",
    async () => {
      const long = join(folder.path, "long.flac");
      const source =
        "aevalsrc='if(between(t,3,298),0.2*sin(2*PI*500*t)*(1+sin(2*PI*3*t))/2,0)':d=300:s=48000";
      await ffmpeg(ffmpegPath ?? "", ["-f", "lavfi", "-i", source, long]);
      await page.locator("#clip-file").setInputFiles(long);
      await page.locator(".waiting").getByText("Đang nghe toàn bộ tệp và đo độ to").waitFor();
      await page.locator(".waiting").getByText("Đang tạo tệp cho các cụm loa").waitFor({ timeout: LIMIT_MS });
      await page.getByText("Tệp đã sẵn sàng").waitFor({ timeout: LIMIT_MS });
      const card = (await page.locator(".clip-card").textContent()) ?? "";
      expect(card).toMatch(/04:55 · Độ to −\d+(,\d)? LUFS · đỉnh thật −\d+(,\d)? dBTP · khi phát chỉnh/);
      expect(card).toMatch(/đã cắt khoảng lặng: 2,9 giây ở đầu, 1,9 giây ở cuối/);
      expect(card).toMatch(/Tệp cho các cụm loa: mp3-64 \([\d.]+ kB\)/);
      await page.locator(".waveform path").waitFor();
      const [original] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Tệp gốc" }).click(),
      ]);
      expect(await readFile(await original.path())).toEqual(await readFile(long));
      expect(await barriersOf(page)).toEqual([]);
    },
    LIMIT_MS,
  );

  it.skipIf(ffmpegPath === null)("that is damaged is refused with the second, in words", async () => {
    const wav = join(folder.path, "tone.wav");
    writeWav(wav, tone(5_000, 997, 0.1));
    const mp3 = await encode(ffmpegPath ?? "", wav, "mp3");
    const bytes = await readFile(mp3);
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0, middle, middle + 1_500);
    await writeFile(mp3, bytes);
    await page.locator("#clip-file").setInputFiles(mp3);
    const refusal = page.getByText("Tệp âm thanh bị hỏng ở một chỗ");
    await refusal.waitFor();
    expect(await refusal.textContent()).toMatch(/giây thứ 2,[45]/);
  });
});
