import { join } from "node:path";
import { type Province, startProvince } from "@loa/simulator/live/province.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tone, writeWav } from "../golden-ear/make-audio.ts";
import { createLogBook } from "../support/log-book.ts";
import { describeWithPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { openBrowser, overflowOf, screens, signIn, visit } from "./page-support.ts";

/** The fourth box of a province with troubles has a dead amplifier. */
const BOXES = 4;
const PLAY_IN_SECONDS = 12;
const CLIP_MS = 6_000;
/** A page that shows nothing is a smaller picture than this. */
const LEAST_PICTURE_BYTES = 20_000;
/** Pictures of the last run, for people; never in the repository. */
const pictures = join(import.meta.dirname, "../../node_modules/.cache/loa-pictures");
/** Until all boxes run, have their plan and have been heard: a machine under load takes its time. */
const READY_LIMIT_MS = 60_000;
/** From the press of the button to the last receipt. */
const RECEIPTS_LIMIT_MS = (PLAY_IN_SECONDS + 30) * 1_000;

describeWithPart("chromium", "the page of a live province", ({ path }) => {
  let folder: TemporaryFolder;
  let province: Province;
  let browser: Browser;

  beforeAll(async () => {
    folder = await temporaryFolder();
    province = await startProvince({
      dataFolder: folder.path,
      httpPort: 0,
      mqttPort: 0,
      boxes: BOXES,
      seed: 1,
      hasTroubles: true,
      hasDemo: false,
      boxesPerProcess: BOXES,
      builds: "web",
      log: createLogBook(),
      logLevel: "error",
    });
    browser = await openBrowser(path);
  }, READY_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await province?.close();
    await folder?.remove();
  });

  const entered = async (wish: Parameters<typeof visit>[2] = {}): Promise<Page> => {
    const { page } = await visit(browser, province.url, wish);
    await signIn(page, province.user, province.password);
    await page.getByRole("button", { name: "DỪNG PHÁT" }).waitFor();
    return page;
  };

  it("shows every cluster with its presence and the age of it, the dead amplifier first", async () => {
    const page = await entered();
    const rows = page.locator(".box-item");
    await rows.filter({ hasText: "Tăng âm không trả lời" }).waitFor({ timeout: READY_LIMIT_MS });
    expect(await rows.count()).toBe(BOXES);
    await page
      .locator(".box-item .mark-good", { hasText: "Trực tuyến" })
      .nth(BOXES - 1)
      .waitFor();
    expect(await rows.first().textContent()).toMatch(/nghe tin \d+ giây trước/);
    expect(await rows.first().textContent()).toContain("tăng âm không trả lời");
    expect(await barriersOf(page)).toEqual([]);
    const picture = await page.screenshot({ path: join(pictures, "overview.png") });
    expect(picture.length).toBeGreaterThan(LEAST_PICTURE_BYTES);
  });

  it("takes a clip, says who will not speak, plays it, and shows each receipt by name as it comes", async () => {
    const page = await entered();
    await page.getByRole("link", { name: "Phát bản tin" }).click();
    const wav = `${folder.path}/ban-tin-thu.wav`;
    writeWav(wav, tone(CLIP_MS, 440, 0.3));
    await page.locator("#clip-file").setInputFiles(wav);
    await page.getByText("Tệp đã sẵn sàng").waitFor();
    await page.getByRole("treeitem", { name: /^Tỉnh/ }).click({ position: { x: 140, y: 12 } });
    await page.getByLabel("Phát sau (giây)").fill(String(PLAY_IN_SECONDS));
    await page.getByRole("button", { name: "Kiểm tra" }).click();
    await page.getByRole("button", { name: `Phát sau ${PLAY_IN_SECONDS} giây` }).click();
    await page.getByText(`${BOXES - 1} trên ${BOXES} cụm loa sẵn sàng`).waitFor();
    await page.getByText(/^Đang phát trên \d cụm loa/).waitFor({ timeout: RECEIPTS_LIMIT_MS });
    const heard = page.locator(".receipt", { hasText: "Đã nghe được" });
    await heard.nth(BOXES - 2).waitFor({ timeout: RECEIPTS_LIMIT_MS });
    const missed = page.locator(".receipt", { hasText: "Không phát được" });
    await missed.waitFor({ timeout: RECEIPTS_LIMIT_MS });
    expect(await missed.textContent()).toContain("tăng âm không trả lời");
    await heard.first().locator("summary").click();
    await page
      .getByText(/^Đầu ra tăng âm đo được −/)
      .first()
      .waitFor();
    expect(await barriersOf(page)).toEqual([]);
  });

  it("stops everything and counts by name who has confirmed it", async () => {
    const page = await entered();
    await page.getByRole("button", { name: "DỪNG PHÁT" }).click();
    await page.getByRole("button", { name: `Dừng phát ngay trên ${BOXES} cụm loa` }).click();
    await page.getByText(`${BOXES} trên ${BOXES} cụm loa đã xác nhận dừng.`).waitFor();
    const names = page.locator(".tally-names li", { hasText: "Đã xác nhận dừng" });
    expect(await names.count()).toBe(BOXES);
    expect(await names.first().textContent()).toContain("Cụm loa");
  });

  it("shows the wallboard whole, for whoever stands four metres away", async () => {
    const page = await entered();
    await page.setViewportSize(screens.wall);
    await page.goto(`${province.url}/?wall=1`);
    await page
      .locator(".wall-tile")
      .nth(BOXES - 1)
      .waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
    expect(await barriersOf(page)).toEqual([]);
    const picture = await page.screenshot({ path: join(pictures, "wall.png") });
    expect(picture.length).toBeGreaterThan(LEAST_PICTURE_BYTES);
  });

  it("lets one listen to a loudspeaker, read its values and make trouble, on a phone as well", async () => {
    const page = await entered({ screen: "phone", colorScheme: "dark" });
    await page.goto(`${province.url}/#/boxes/${province.boxes[0]}`);
    await page.getByRole("cell", { name: /dBFS/ }).first().waitFor();
    await page.getByRole("button", { name: "Nghe loa này" }).click();
    await page.waitForFunction(() => (document.querySelector("audio")?.currentTime ?? 0) > 0);
    expect(await barriersOf(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole("button", { name: "Ngắt: Nguồn điện" }).click();
    await page.getByRole("button", { name: "Nối lại: Nguồn điện" }).click();
  });

  it("says that what it shows is old as soon as the controller is gone, and recovers by itself", async () => {
    const page = await entered();
    await page.getByText("Trực tiếp", { exact: true }).waitFor();
    await Promise.all([
      page.getByText(/Số liệu bên dưới là của lúc \d\d:\d\d:\d\d và có thể đã cũ/).waitFor(),
      province.restartControlRoom(),
    ]);
    await page.getByText("Trực tiếp", { exact: true }).waitFor({ timeout: READY_LIMIT_MS });
    expect(await page.locator(".stale-notice").count()).toBe(0);
  });
});
