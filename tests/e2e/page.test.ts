import { stat } from "node:fs/promises";
import { join } from "node:path";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testBulletin } from "../golden-ear/test-bulletin.ts";
import { eventuallySo } from "../support/eventually.ts";
import { isUp, type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { describeWithPart, systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { openBrowser, overflowOf, signIn, visit } from "./page-support.ts";

const ffmpeg = systemPart("ffmpeg");
/** Long enough that nobody's bulletin ends before it is stopped. */
const bulletinMs = 90_000;
const boxes = 3;
const audibleRms = 0.02;
const silentRms = 0.001;
const soundLimitMs = 25_000;
/** A picture of the province is more than an empty page. */
const pictureBytes = 20_000;

describeWithPart("chromium", "a newcomer at the page of npm start", ({ path }) => {
  let folder: TemporaryFolder;
  let province: ProvinceProcess;
  let browser: Browser;

  beforeAll(async () => {
    folder = await temporaryFolder();
    province = await startProvinceProcess(folder.path, ["--boxes", `${boxes}`, "--quiet"]);
    await province.desk.liftRules(areaId.parse(PROVINCE_ID));
    await eventuallySo("every box is up", 60_000, async () =>
      (await province.desk.boxes()).every((box) => isUp(box, "none")),
    );
    browser = await openBrowser(path);
  });
  afterAll(async () => {
    await browser?.close();
    await province?.process.stop();
    await folder?.remove();
  });

  it.skipIf(ffmpeg === null)(
    "sees the province, puts an mp3 on its air, hears it from a loudspeaker, and stops it",
    async () => {
      const { page, complaints } = await visit(browser, province.origin);
      await signIn(page, province.user, province.password);
      await page.getByRole("heading", { level: 1, name: "Tỉnh Cam Lâm Hải" }).waitFor();
      await page.getByText(`${boxes} trên ${boxes} cụm loa`, { exact: true }).waitFor();
      await keepPicture(page, "overview.png");

      await schedule(page, (await testBulletin(ffmpeg?.path ?? "", folder.path, bulletinMs)).path);
      await page.getByText(`Đang phát trên ${boxes} cụm loa`).waitFor({ timeout: soundLimitMs });

      await page.goto(`${province.origin}/#/`);
      await page
        .getByRole("link", { name: /^Cụm loa Đông/ })
        .first()
        .click();
      await page.getByRole("button", { name: "Nghe loa này" }).click();
      await expect.poll(() => secondsPlayed(page), { timeout: soundLimitMs }).toBeGreaterThan(1);
      await expect.poll(() => rmsPlayed(page), { timeout: soundLimitMs }).toBeGreaterThan(audibleRms);
      await page.getByRole("heading", { name: "Thiết bị trong tủ" }).waitFor();
      expect([await overflowOf(page), ...(await barriersOf(page))]).toEqual([0]);
      await keepPicture(page, "box.png");

      await stopAll(page);
      await expect.poll(() => rmsPlayed(page), { timeout: soundLimitMs }).toBeLessThan(silentRms);
      expect(complaints).toEqual([]);
    },
  );

  async function schedule(page: Page, file: string): Promise<void> {
    await page.getByRole("link", { name: "Phát bản tin" }).click();
    await page.locator("#clip-file").setInputFiles(file);
    await page.getByText("Tệp đã sẵn sàng").waitFor();
    await page.getByRole("treeitem").getByText("Tỉnh Cam Lâm Hải").click();
    await page.getByText(`Đã chọn: Tỉnh Cam Lâm Hải (${boxes} cụm loa)`).waitFor();
    await page.getByLabel("Phát sau (giây)").fill("10");
    await page.getByRole("button", { name: "Kiểm tra" }).click();
    await page.getByText("Không vướng gì.").waitFor();
    await page.getByRole("button", { name: "Phát sau 10 giây" }).click();
  }

  async function stopAll(page: Page): Promise<void> {
    await page.getByRole("button", { name: "DỪNG PHÁT" }).click();
    await page.getByRole("button", { name: `Dừng phát ngay trên ${boxes} cụm loa` }).click();
    await page.getByText(`${boxes} trên ${boxes} cụm loa đã xác nhận dừng.`).waitFor();
    await page.keyboard.press("Escape");
  }

  async function keepPicture(page: Page, name: string): Promise<void> {
    const picture = join(folder.path, name);
    await page.screenshot({ path: picture, fullPage: true });
    expect((await stat(picture)).size).toBeGreaterThan(pictureBytes);
  }
});

function secondsPlayed(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector("audio")?.currentTime ?? 0);
}

/** Level of what the page's own player gives out at this moment, 1 is full scale; null before it can be measured. */
function rmsPlayed(page: Page): Promise<number | null> {
  return page.evaluate(async () => {
    const meters: { ear?: AnalyserNode } = Object(globalThis);
    const audio = document.querySelector("audio");
    if (audio === null) return null;
    if (meters.ear === undefined) {
      const context = new AudioContext();
      await context.resume();
      meters.ear = context.createAnalyser();
      meters.ear.fftSize = 32_768;
      context.createMediaElementSource(audio).connect(meters.ear).connect(context.destination);
      return null;
    }
    const samples = new Float32Array(meters.ear.fftSize);
    meters.ear.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  });
}
