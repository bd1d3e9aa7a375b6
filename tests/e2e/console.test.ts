import { join } from "node:path";
import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tone, writeWav } from "../golden-ear/make-audio.ts";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart, systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { openBrowser, overflowOf, screens, signIn, type VisitWish, visit } from "./page-support.ts";

const { password } = ownOperator;
const ffmpeg = systemPart("ffmpeg");
const pages = [
  "",
  "readiness",
  "emergencies",
  "broadcast",
  "programmes",
  "programmes/new",
  "relays",
  "relays/new",
  "schedules",
  "agenda",
  "receipts",
  "levels",
  "account",
];

describeWithPart("chromium", "the page checks", ({ path }) => {
  it("see what is wrong with a page", async () => {
    const browser = await openBrowser(path);
    const html = '<title>x</title><h1>a</h1><h1>b</h1><input><p style="color:#999">pale</p><button></button>';
    const { page } = await visit(browser, `data:text/html,${encodeURIComponent(html)}`);
    const barriers = (await barriersOf(page)).join("\n");
    await browser.close();
    for (const part of [
      "no language",
      "2 h1",
      "0 main",
      "no name: <input>",
      "contrast 2.85: pale",
      "no text: <button>",
    ]) {
      expect(barriers).toContain(part);
    }
  }, 30_000);
});

describeWithPart("chromium", "the console of a control room without boxes", ({ path }) => {
  let folder: TemporaryFolder;
  let room: ControlRoom;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await openOwnControlRoom(folder.path, await ensureWebBuilt());
    origin = `http://127.0.0.1:${room.httpPort}`;
    browser = await openBrowser(path);
  });
  afterAll(async () => {
    await browser?.close();
    await room?.close();
    await folder?.remove();
  });

  const entered = async (wish: VisitWish = {}): Promise<Page> => {
    const { page } = await visit(browser, origin, wish);
    await signIn(page, "operator", password);
    await page.getByRole("heading", { level: 1, name: "Tỉnh Thử" }).waitFor();
    return page;
  };

  it("lets nobody in with a wrong password, and says so in words", async () => {
    const { page } = await visit(browser, origin);
    await signIn(page, "operator", "guessed");
    await page.getByText("Sai tên đăng nhập hoặc mật khẩu.").waitFor();
    expect(await page.locator("h1").textContent()).toBe("Đăng nhập");
    expect(await barriersOf(page)).toEqual([]);
  });

  it("shows the province live, in its own time, and speaks English when asked", async () => {
    const page = await entered();
    await page.getByText("Trực tiếp", { exact: true }).waitFor();
    const hanoi = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit" });
    expect(await page.locator(".clock-time").textContent()).toMatch(
      new RegExp(`^${hanoi.format(Date.now())}:`),
    );
    await page.getByText("English").click();
    await page.getByRole("link", { name: "Schedules" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
  });

  it("obeys the content security policy on every page", async () => {
    const { page, complaints } = await visit(browser, origin);
    await signIn(page, "operator", password);
    for (const name of pages) {
      await page.goto(`${origin}/#/${name}`);
      await page.locator("main h1").waitFor();
    }
    expect(complaints).toEqual([]);
  });

  it.each([
    ["phone", "light"],
    ["phone", "dark"],
    ["desk", "dark"],
    ["wall", "light"],
  ] as const)(
    "has no barrier and nothing outside the window on a %s in the %s",
    async (screen, colorScheme) => {
      const page = await entered({ screen, colorScheme });
      for (const name of pages) {
        await page.goto(`${origin}/#/${name}`);
        await page.locator("main h1").waitFor();
        expect(await barriersOf(page), name).toEqual([]);
        expect(await overflowOf(page), name).toBe(0);
      }
      expect(screens[screen].width).toBe(await page.evaluate(() => innerWidth));
    },
  );

  it.skipIf(ffmpeg === null)(
    "takes a clip, refuses what is none, and tries a schedule before it is made",
    async () => {
      const page = await entered();
      await page.getByRole("link", { name: "Phát bản tin" }).click();
      await page.locator("main h1", { hasText: "Phát bản tin" }).waitFor();
      const file = page.locator("#clip-file");
      await file.setInputFiles({
        name: "note.mp3",
        mimeType: "audio/mpeg",
        buffer: Buffer.from("no audio at all"),
      });
      await page.getByText("Đây không phải tệp âm thanh").waitFor();
      const wav = join(folder.path, "ban-tin.wav");
      writeWav(wav, tone(3_000, 440, 0.3));
      await file.setInputFiles(wav);
      await page.getByText("Tệp đã sẵn sàng").waitFor();
      await page.getByRole("treeitem", { name: /Tỉnh Thử/ }).click();
      await page.getByText("Đã chọn: Tỉnh Thử").waitFor();
      await page.getByRole("button", { name: "Kiểm tra" }).click();
      await page.getByText("Khu vực đã chọn chưa có cụm loa nào hoạt động").waitFor();
      expect(await page.getByRole("button", { name: /^Phát sau/ }).count()).toBe(0);
    },
  );

  it("stops an area from any page, with the keyboard", async () => {
    const page = await entered();
    await page.goto(`${origin}/#/receipts`);
    const stop = page.getByRole("button", { name: "DỪNG PHÁT" });
    await stop.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Dừng mọi âm thanh đang phát" }).waitFor();
    await page.getByText("Khu vực này không có cụm loa nào.").waitFor();
    await page.getByRole("button", { name: /^Dừng phát ngay/ }).press("Enter");
    await page.getByText("0 trên 0 cụm loa đã xác nhận dừng.").waitFor();
    expect(await barriersOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.locator("wa-dialog").waitFor({ state: "detached" });
  });

  it("shows all of the button that stops, on a phone", async () => {
    const page = await entered({ screen: "phone" });
    await page.getByRole("button", { name: "DỪNG PHÁT" }).click();
    const confirm = page.getByRole("button", { name: /^Dừng phát ngay/ });
    await confirm.waitFor();
    const { x = -1, width = 0 } = (await confirm.boundingBox()) ?? {};
    const dialog = await page.locator("wa-dialog dialog").boundingBox();
    expect(x).toBeGreaterThan(dialog?.x ?? 0);
    expect(x + width).toBeLessThan((dialog?.x ?? 0) + (dialog?.width ?? 0));
  });

  it("lets whoever raises an emergency read and hear what boxes say out of their own memory", async () => {
    const page = await entered({ screen: "phone" });
    await page.goto(`${origin}/#/emergencies`);
    await page.locator(".severity-choice.exercise").click();
    await page.getByText("Đây chỉ là diễn tập, không phải tình huống khẩn cấp thật.").waitFor();
    await page.getByText("cảnh báo khẩn cấp vừa phát là nhầm").waitFor();
    for (const label of ["Nghe thử lời diễn tập có sẵn", "Nghe thử lời đính chính có sẵn"])
      expect(await page.getByLabel(label).evaluate(lengthOf), label).toBeGreaterThan(5);
    expect(await barriersOf(page)).toEqual([]);
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  });

  it("says that the control room is gone, with words and the picture for it, and leads to the wallboard", async () => {
    const own = await temporaryFolder();
    const doomed = await openOwnControlRoom(own.path, await ensureWebBuilt());
    const { page } = await visit(browser, `http://127.0.0.1:${doomed.httpPort}`);
    await signIn(page, "operator", password);
    await page.getByRole("link", { name: "Màn hình theo dõi" }).click();
    await page.getByRole("heading", { name: "Màn hình theo dõi: Tỉnh Thử" }).waitFor();
    await page.getByText("Trực tiếp", { exact: true }).waitFor();
    await doomed.close();
    await own.remove();
    const notice = page.locator(".stale-notice");
    await notice.waitFor();
    // Only now is this picture wanted for the first time, and nobody is there to send it.
    await expect.poll(() => notice.locator("wa-icon use").evaluate(widthOf)).toBeGreaterThan(0);
  });
});

/** Seconds, once the browser has read it. */
function lengthOf(player: Element): Promise<number> {
  return new Promise((resolve, reject) => {
    if (!(player instanceof HTMLAudioElement)) return reject(new Error("no player"));
    player.onloadedmetadata = () => resolve(player.duration);
    player.onerror = () => reject(new Error(player.error?.message));
    player.preload = "metadata";
    player.load();
  });
}

function widthOf(drawn: Element): number {
  return drawn instanceof SVGUseElement ? drawn.getBBox().width : 0;
}
