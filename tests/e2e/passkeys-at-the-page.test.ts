import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { giveKey, openBrowser, overflowOf, signIn, visit } from "./page-support.ts";

const { name, password } = ownOperator;

describeWithPart("chromium", "a person with a passkey", ({ path }) => {
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

  it("registers it, signs in with it, names it, and removes it", async () => {
    const { page, complaints } = await visit(browser, origin);
    await giveKey(page);
    await signIn(page, name, password);
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Tài khoản của tôi" }).waitFor();
    await page.getByText("Chưa có khóa passkey nào.").waitFor();
    await page.getByLabel("Tên khóa").fill("Điện thoại");
    await page.getByRole("button", { name: "Thêm khóa đăng nhập" }).click();
    await page.getByText("Điện thoại", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Đăng xuất", exact: true }).click();
    await page.getByRole("button", { name: "Dùng khóa passkey" }).click();
    await page.getByText("Bằng khóa passkey").waitFor();
    expect(await barriersOf(page)).toEqual([]);

    await page.getByRole("button", { name: "Đổi tên" }).click();
    await page.getByLabel("Tên khóa").first().fill("Máy ở trụ sở");
    await page.getByRole("button", { name: "Lưu" }).click();
    await page.getByText("Máy ở trụ sở", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Xóa", exact: true }).click();
    await page.locator("wa-dialog").getByRole("button", { name: "Xóa", exact: true }).click();
    await page.getByText("Chưa có khóa passkey nào.").waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  it("is asked for a fresh proof by what is pressing, and then it is done", async () => {
    const { page, complaints } = await visit(browser, origin, { screen: "phone" });
    await giveKey(page);
    await signIn(page, name, password);
    await page.goto(`${origin}/#/account`);
    await page.getByLabel("Tên khóa").fill("Khóa một");
    await page.getByRole("button", { name: "Thêm khóa đăng nhập" }).click();
    await page.getByText("Khóa một", { exact: true }).waitFor();
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);

    // As it is for whoever signed in some time ago.
    let isStale = true;
    await page.route("**/api/v1/passkeys/*", (route) =>
      isStale && route.request().method() === "DELETE"
        ? route.fulfill({
            status: 403,
            contentType: "application/problem+json",
            body: JSON.stringify({ code: "step-up-needed" }),
          })
        : route.continue(),
    );
    page.on("response", (answer) => {
      if (answer.url().endsWith("/session/step-up") && answer.ok()) isStale = false;
    });
    await page.getByRole("button", { name: "Xóa", exact: true }).click();
    await page.locator("wa-dialog").getByRole("button", { name: "Xóa", exact: true }).click();
    const asking = page.locator("wa-dialog").filter({ hasText: "Xác thực lại" });
    await asking.getByLabel("Mật khẩu", { exact: true }).fill("sai");
    await asking.getByRole("button", { name: "Xác thực bằng mật khẩu" }).click();
    await asking.getByText("Sai tên đăng nhập hoặc mật khẩu.").waitFor();
    await asking.getByRole("button", { name: "Dùng khóa passkey" }).click();
    await page.getByText("Chưa có khóa passkey nào.").waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  it("signs out everywhere at once", async () => {
    const first = await visit(browser, origin);
    const second = await visit(browser, origin);
    await signIn(first.page, name, password);
    await signIn(second.page, name, password);
    await first.page.getByRole("link", { name, exact: true }).click();
    await first.page.getByText("chính trang này").waitFor();
    await first.page.getByRole("button", { name: "Đăng xuất ở mọi nơi" }).click();
    await first.page.locator("wa-dialog").getByRole("button", { name: "Đăng xuất ở mọi nơi" }).click();
    await first.page.getByRole("heading", { level: 1, name: "Đăng nhập" }).waitFor();
    await second.page.reload();
    await second.page.getByRole("heading", { level: 1, name: "Đăng nhập" }).waitFor();
    await first.page.context().close();
    await second.page.context().close();
  }, 60_000);

  it("is led to the address where passkeys work", async () => {
    const { page } = await visit(browser, `http://127.0.0.1:${room.httpPort}`);
    await page.getByRole("link", { name: `Khóa passkey chỉ dùng được tại ${origin}` }).click();
    await page.getByRole("button", { name: "Dùng khóa passkey" }).waitFor();
    expect(page.url()).toBe(`${origin}/`);
    await page.context().close();
  }, 60_000);
});
