import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart, systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { openBrowser, overflowOf, signIn, visit } from "./page-support.ts";

const { name, password } = ownOperator;
const hasFfmpeg = systemPart("ffmpeg") !== null;
/** A microphone that beeps, and a person who lets the page use it. */
const microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

describeWithPart("chromium", "an officer with a phone and no file", ({ path }) => {
  let folder: TemporaryFolder;
  let room: ControlRoom;
  let browser: Browser;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await openOwnControlRoom(folder.path, await ensureWebBuilt());
    browser = await openBrowser(path, microphone);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await room?.close();
    await folder?.remove();
  });

  it.skipIf(!hasFfmpeg)(
    "speaks a message into the page, which becomes a clip like any other",
    async () => {
      const origin = `http://localhost:${room.httpPort}`;
      const { page, complaints } = await visit(browser, origin, { screen: "phone" });
      await signIn(page, name, password);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.goto(`${origin}/#/broadcast`);
      await page.getByRole("button", { name: "Thu âm tại chỗ" }).click();
      await page.getByText("Đang thu: 00:03").waitFor();
      expect(await barriersOf(page)).toEqual([]);
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      await page.getByRole("button", { name: "Dừng thu và dùng bản này" }).click();
      await page.locator(".clip-card").getByText("thu-am").waitFor({ timeout: 60_000 });
      expect(complaints).toEqual([]);
    },
    120_000,
  );
});
