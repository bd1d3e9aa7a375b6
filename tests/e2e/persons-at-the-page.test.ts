import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { openBrowser, overflowOf, signIn, visit } from "./page-support.ts";

describeWithPart("chromium", "an administrator", ({ path }) => {
  let folder: TemporaryFolder;
  let room: ControlRoom;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await openOwnControlRoom(folder.path, await ensureWebBuilt());
    origin = `http://localhost:${room.httpPort}`;
    browser = await openBrowser(path);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await room?.close();
    await folder?.remove();
  });

  async function choose(page: Page, label: string, option: string): Promise<void> {
    await page.getByRole("combobox", { name: label }).click();
    await page.getByRole("option", { name: option }).click();
  }

  it("lets somebody in with a right and its last day, ends the right, and recovers the account", async () => {
    const { page, complaints } = await visit(browser, origin, { screen: "phone" });
    await signIn(page, ownOperator.name, ownOperator.password);
    await page.getByRole("link", { name: "Người dùng" }).click();
    await page.getByText("Thêm người dùng").click();
    await page.getByLabel("Tên đăng nhập").fill("lan.nguyen");
    await choose(page, "Quyền", "Nhà cung cấp");
    await choose(page, "Địa bàn", "Tỉnh Thử");
    const create = page.getByRole("button", { name: "Tạo người dùng" });
    expect(await create.isDisabled()).toBe(true);
    await page.getByLabel("Đến hết ngày").first().fill("2099-12-31");
    await create.click();
    await page.getByText("Thời hạn này không hợp lệ.").waitFor();
    await page
      .getByLabel("Đến hết ngày")
      .first()
      .fill(new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10));
    await create.click();
    await page.getByText("Mật khẩu của lan.nguyen, chỉ hiện lần này:").waitFor();
    const first = (await page.locator(".new-password").textContent()) ?? "";
    const card = page.getByRole("region", { name: "lan.nguyen" });
    await card.getByText("Nhà cung cấp · Tỉnh Thử").waitFor();
    expect(await barriersOf(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);

    const theirs = await visit(browser, origin);
    await signIn(theirs.page, "lan.nguyen", first);
    await theirs.page.getByRole("heading", { level: 1, name: "Tỉnh Thử" }).waitFor();
    expect(await theirs.page.getByRole("link", { name: "Người dùng" }).count()).toBe(0);

    await card.getByRole("button", { name: "Cấp lại tài khoản" }).click();
    await page.locator("wa-dialog").getByRole("button", { name: "Cấp lại tài khoản" }).click();
    await card.locator(".new-password").waitFor();
    const second = (await card.locator(".new-password").textContent()) ?? "";
    expect(second).not.toBe(first);
    await theirs.page.reload();
    await signIn(theirs.page, "lan.nguyen", first);
    await theirs.page.getByText("Sai tên đăng nhập hoặc mật khẩu.").waitFor();

    await card.getByRole("button", { name: "Kết thúc" }).click();
    await page.locator("wa-dialog").getByRole("button", { name: "Kết thúc" }).click();
    await card.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  }, 90_000);
});
