import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import { createOperator } from "@loa/simulator/operator.ts";
import type { Browser } from "playwright-core";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { freePort } from "../support/free-port.ts";
import { CLIENT_ID, CLIENT_SECRET, type OpenIdDesk, openIdDesk } from "../support/openid-desk.ts";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart } from "../support/system-part.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { openBrowser, visit } from "./page-support.ts";

const accounts = join(import.meta.dirname, "../../controller/src/accounts/main.ts");

interface Office {
  readonly origin: string;
  readonly desk: OpenIdDesk;
  readonly browser: Browser;
  readonly dataFolder: string;
}

describeWithPart("chromium", "a person of the office, at the page", ({ path }) => {
  beforeAll(async () => void (await ensureWebBuilt()), 120_000);

  async function office(isOnly: boolean): Promise<Office> {
    const httpPort = await freePort();
    const origin = `http://localhost:${httpPort}`;
    const desk = await openIdDesk(`${origin}/api/v1/session/openid/callback`);
    const settings = { issuer: desk.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, isOnly };
    const folder = await temporaryFolder();
    const wanted = { httpPort, openId: settings };
    const room: ControlRoom = await openOwnControlRoom(folder.path, await ensureWebBuilt(), wanted);
    const browser = await openBrowser(path);
    onTestFinished(async () => {
      await browser.close();
      await room.close();
      await folder.remove();
    });
    return { origin, desk, browser, dataFolder: folder.path };
  }

  it("is told what the administrator has to know, and then comes in by one button", async () => {
    const { origin, desk, browser } = await office(false);
    desk.sits("nv-0815");
    const { page, complaints } = await visit(browser, origin);
    await page.getByRole("button", { name: "Dùng tài khoản cơ quan" }).click();
    await page.getByText("nv-0815", { exact: true }).waitFor();
    // The reason is taken out of the address once it is on the page.
    await page.waitForURL(`${origin}/`);

    const admin = createOperator(origin, (request) => fetch(request));
    await admin.signIn(ownOperator.name, ownOperator.password);
    const made = z.object({ id: z.string() });
    const grants = [{ role: "viewer", areaId: "tinh-thu" }];
    const { id } = await admin.do("POST", "/api/v1/users", made, { name: "lan", grants });
    await admin.do("PUT", `/api/v1/users/${id}/identity`, z.unknown(), { subject: "nv-0815" });
    await page.getByRole("button", { name: "Dùng tài khoản cơ quan" }).click();
    await page.getByRole("heading", { level: 1, name: "Tỉnh Thử" }).waitFor();
    await page.getByRole("link", { name: "lan", exact: true }).click();
    await page.getByText("Bằng tài khoản cơ quan").waitFor();
    expect(complaints).toEqual([]);
  }, 60_000);

  it("finds passwords put away where only the office's accounts count, and everybody sees the break-glass account used", async () => {
    const { origin, browser, dataFolder } = await office(true);
    const { page } = await visit(browser, origin);
    await page.getByRole("button", { name: "Dùng tài khoản cơ quan" }).waitFor();
    expect(await page.getByLabel("Tên đăng nhập").isVisible()).toBe(false);
    await page.getByText("Tài khoản khẩn cấp", { exact: true }).click();
    await page.getByLabel("Tên đăng nhập").fill(ownOperator.name);
    await page.getByLabel("Mật khẩu", { exact: true }).fill(ownOperator.password);
    await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
    await page.getByText("Chỉ tài khoản khẩn cấp mới có mật khẩu ở đây.").waitFor();

    const args = ["break-glass", ownOperator.name, "--data", dataFolder];
    await promisify(execFile)(process.execPath, [accounts, ...args]);
    await page.getByRole("button", { name: "Đăng nhập", exact: true }).click();
    await page.getByRole("alert").getByText("Tài khoản khẩn cấp đã được dùng để đăng nhập lúc").waitFor();
  }, 60_000);
});
