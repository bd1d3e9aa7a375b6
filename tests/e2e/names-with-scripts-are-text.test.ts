import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import { createOperator, type Operator } from "@loa/simulator/operator.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { tone, writeWav } from "../golden-ear/make-audio.ts";
import { areaOf, capInfo, capMessage } from "../support/cap-messages.ts";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart, systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { openBrowser, signIn, visit } from "./page-support.ts";

/** Each would set a mark in the page if any part of it were taken for markup. */
const nasty = (what: string) =>
  `${what} <img src=x onerror="window.taken='${what}'"><script>window.taken='${what}'</script>"'><svg onload=alert(1)>`;
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const province = "tinh-thu";
const identified = z.object({ area: z.object({ id: z.string() }) });
const uploaded = z.object({ clip: z.object({ sha256: z.string() }) });
const bulletinMade = z.object({ bulletin: z.object({ id: z.string() }) });
/** Without it no file becomes a clip, and no bulletin is there. */
const hasFfmpeg = systemPart("ffmpeg") !== null;

describeWithPart("chromium", "a name that is a script", ({ path }) => {
  let folder: TemporaryFolder;
  let room: ControlRoom;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await openOwnControlRoom(folder.path, await ensureWebBuilt());
    origin = `http://localhost:${room.httpPort}`;
    browser = await openBrowser(path);
    await plant();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await room?.close();
    await folder?.remove();
  });

  async function plant(): Promise<void> {
    const operator = createOperator(origin, (request) => fetch(request));
    await operator.signIn(ownOperator.name, ownOperator.password);
    const commune = { kind: "commune", name: nasty("xã"), parentId: province };
    const { area } = await operator.do("POST", "/api/v1/areas", identified, commune);
    const cluster = { name: nasty("cụm"), areaId: area.id, horns: 1 };
    await operator.do("POST", "/api/v1/clusters", z.unknown(), cluster);
    const source = { kind: "stream", url: "https://dai.example/live.mp3" };
    const relay = { title: nasty("tiếp âm"), areaId: province, source };
    await operator.do("POST", "/api/v1/relays", z.unknown(), relay);
    const words = { headline: nasty("khẩn"), message: null, confirm: "DIỄN TẬP" };
    const drill = { areas: [province], severity: "exercise", ...words };
    await operator.do("POST", "/api/v1/emergencies", z.unknown(), drill);
    const infos = capInfo({
      area: areaOf(province),
      headline: `<headline>${escaped(nasty("CAP"))}</headline>`,
      expires: "<expires>2099-01-01T00:00:00+07:00</expires>",
    });
    const brought = await fetch(`${origin}/api/v1/cap`, {
      method: "POST",
      headers: { origin, cookie: operator.cookie(), "content-type": "application/cap+xml" },
      body: capMessage({ infos }),
    });
    expect(brought.status).toBeLessThan(300);
    if (hasFfmpeg) await plantBulletin(operator);
  }

  async function plantBulletin(operator: Operator): Promise<void> {
    const wav = join(folder.path, "tin.wav");
    writeWav(wav, tone(2_000, 440, 0.3));
    const answer = await fetch(`${origin}/api/v1/clips?fileName=${encodeURIComponent(nasty("tệp"))}`, {
      method: "POST",
      headers: { origin, cookie: operator.cookie(), "content-type": "application/octet-stream" },
      body: readFileSync(wav),
    });
    const { clip } = uploaded.parse(await answer.json());
    const bulletin = { title: nasty("bản tin"), class: "normal", field: "other", clip: clip.sha256 };
    const made = await operator.do("POST", "/api/v1/bulletins", bulletinMade, {
      ...bulletin,
      areaId: province,
    });
    const items = [{ bulletin: made.bulletin.id }];
    const programme = { title: nasty("chương trình"), items, areaId: province };
    await operator.do("POST", "/api/v1/programmes", z.unknown(), programme);
  }

  it("stands on every page as text, and nothing of it is run", async () => {
    const { page, complaints } = await visit(browser, origin);
    await signIn(page, ownOperator.name, ownOperator.password);
    await page.getByText("Trực tiếp", { exact: true }).waitFor();
    const planted = ["xã", "tiếp âm", "khẩn", "CAP", ...(hasFfmpeg ? ["bản tin", "chương trình"] : [])];
    const seen = new Set<string>();
    const pages = "/ /readiness /emergencies /broadcast /programmes /relays /relays/new /schedules /agenda";
    for (const name of [...pages.split(" "), "/receipts", "/levels", "/audit", "/security", "/account"]) {
      await page.goto(`${origin}/#${name}`);
      // Else the heading that is waited for may still be that of the page before.
      await page.reload();
      await page.locator("main h1").waitFor();
      await expect.poll(() => page.locator("main .waiting").count()).toBe(0);
      const text = await page.locator("body").innerText();
      for (const what of planted) if (text.includes(nasty(what))) seen.add(what);
      expect(await page.evaluate(() => Reflect.get(window, "taken")), name).toBeUndefined();
      expect(await page.locator("img[src=x], svg[onload]").count(), name).toBe(0);
    }
    expect([...seen].sort()).toEqual(planted.toSorted());
    expect(complaints).toEqual([]);
  }, 180_000);

  it("in the address of a refused sign-in is text too", async () => {
    const { page, complaints } = await visit(
      browser,
      `${origin}/?refused=no-account&subject=${encodeURIComponent(nasty("subject"))}`,
    );
    await page.getByText(nasty("subject")).waitFor();
    expect(await page.evaluate(() => Reflect.get(window, "taken"))).toBeUndefined();
    expect(complaints).toEqual([]);
  }, 60_000);
});
