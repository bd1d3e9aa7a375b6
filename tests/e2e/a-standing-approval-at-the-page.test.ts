import { join } from "node:path";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { areaOf } from "../support/cap-messages.ts";
import { eventuallySo } from "../support/eventually.ts";
import { type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { signCap, signingService } from "../support/signed-cap.ts";
import { alertAt, SENDER } from "../support/standing-approvals.ts";
import { describeWithPart, systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import {
  approvalWindow,
  makeApprovalKey,
  openBrowser,
  overflowOf,
  signIn,
  type VirtualKey,
  visit,
} from "./page-support.ts";

const hasFfmpeg = systemPart("ffmpeg") !== null;
/** Less is an empty page. */
const PICTURE_BYTES = 8_000;
const people = ["nguyen-thi-hai", "tran-van-ba"] as const;
const headline = "Lũ quét: rời khỏi ven suối ngay";
const message = "Lũ quét. Bà con rời ven suối ngay.";
const correction = "Tin lũ quét vừa rồi là nhầm.";

const newUser = z.object({ password: z.string() });
const newSender = z.object({ token: z.string() });
const rosterAnswer = z.object({ boxes: z.object({ current: z.number() }) });

describeWithPart("chromium", "a standing approval at the page", ({ path }) => {
  let folder: TemporaryFolder;
  let province: ProvinceProcess;
  let browser: Browser;
  let author: Page;
  let complaints: readonly string[];
  let token: string;
  const approvers: { readonly page: Page; readonly key: VirtualKey }[] = [];
  const service = signingService("ec");

  beforeAll(async () => {
    folder = await temporaryFolder();
    province = await startProvinceProcess(folder.path, ["--boxes", "1", "--quiet"]);
    const { operator } = province.desk;
    const { certificate: pem } = await service;
    ({ token } = await operator.do("PUT", `/api/v1/cap-senders/${SENDER}`, newSender));
    await operator.do("PUT", `/api/v1/cap-senders/${SENDER}/certificate`, z.unknown(), { pem });
    browser = await openBrowser(path);
    for (const person of people) {
      const grants = [{ role: "emergency-approver", areaId: PROVINCE_ID }];
      const { password } = await operator.do("POST", "/api/v1/users", newUser, { name: person, grants });
      const { page } = await visit(browser, province.origin, { screen: "phone" });
      await signIn(page, person, password);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.goto(`${province.origin}/#/account`);
      approvers.push({ page, key: await makeApprovalKey(page, "Khóa của tôi") });
    }
    await operator.do("POST", "/sim/sign-roster", z.object({ version: z.number() }), {});
    ({ page: author, complaints } = await visit(browser, province.origin, { screen: "phone" }));
    await signIn(author, province.user, province.password);
    await author.getByRole("heading", { level: 1 }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await province?.process.stop();
    await folder?.remove();
  });

  it.skipIf(!hasFfmpeg)(
    "is written on a phone, with what is said and what is said if it was wrong",
    async () => {
      await author.goto(`${province.origin}/#/standing-approvals`);
      await author.getByRole("combobox", { name: "Nơi gửi", exact: true }).click();
      await author.getByRole("option", { name: SENDER }).click();
      await author.getByLabel("Loại cảnh báo", { exact: true }).fill("Lũ quét");
      await author.locator(".severity-choice.actual").click();
      await author.getByRole("treeitem").getByText("Tỉnh Cam Lâm Hải").click();
      await author.getByLabel("Tiêu đề", { exact: true }).fill(headline);
      for (const [index, text] of [message, correction].entries()) {
        await author.getByRole("radio", { name: "Nhập văn bản" }).nth(index).click();
        await author.getByLabel("Nội dung cần đọc").nth(index).fill(text);
        await author.locator(".spoken").nth(index).getByText(text).waitFor();
        await author.getByRole("button", { name: "Dùng bản đọc này" }).click();
        await author.locator(".clip-card").nth(index).getByText(text).first().waitFor();
      }
      const send = author.getByRole("button", { name: "Gửi đi phê duyệt" });
      expect(await send.isDisabled()).toBe(true);
      await author.getByLabel("Gõ chữ KHẨN CẤP để xác nhận").fill("khẩn cấp");
      await lookAt(author, "standing-form");
      await send.click();
      await author.getByText("Đã có 0 trên 2 người phê duyệt").waitFor();
      await author.getByText("Bạn là người soạn nên không thể tự phê duyệt").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  it.skipIf(!hasFfmpeg)("shows who approves it the very words and sounds that are signed", async () => {
    for (const [index, { page, key }] of approvers.entries()) {
      await page.goto(author.url());
      await page.reload();
      await page.getByText(`Đã có ${index} trên 2 người phê duyệt`).waitFor();
      for (const text of [message, correction]) await page.locator(".spoken").getByText(text).waitFor();
      for (const label of ["Nghe thử nội dung", "Nghe thử lời đính chính"])
        await page.getByLabel(label).waitFor();
      await lookAt(page, "standing-approval");
      const site = await approvalWindow(page, "Phê duyệt thường trực KHẨN CẤP bằng khóa của tôi", key);
      await site.getByRole("heading", { name: headline }).waitFor();
      for (const words of [SENDER, "Lũ quét", PROVINCE_ID, "phải hành động ngay|sắp xảy ra"])
        await site.locator(".draft-facts").getByText(new RegExp(words)).first().waitFor();
      for (const text of [message, correction]) await site.locator(".spoken").getByText(text).waitFor();
      expect(await playable(site)).toEqual([true, true]);
      await putAnother(page);
      expect(await site.getByRole("heading", { name: headline }).count()).toBe(1);
      await lookAt(site, "standing-site");
      await reloadUnderThePress(site);
      await site.getByRole("heading", { name: headline }).waitFor();
      expect(await site.locator("html").getAttribute("data-was-held")).toBe("true");
      await site.getByRole("button", { name: "Ký bằng khóa phê duyệt của tôi" }).click();
      await page.getByText(`Đã có ${index + 1} trên 2 người phê duyệt`).waitFor();
    }
    await author.getByText("Đang hiệu lực").first().waitFor();
  });

  it.skipIf(!hasFfmpeg)("is signed by nobody with another sound than the one that it names", async () => {
    const [first] = approvers;
    if (first === undefined) throw new Error("somebody must approve");
    const { page, key } = first;
    await author.goto(`${province.origin}/#/standing-approvals`);
    const { operator } = province.desk;
    const { clips } = await operator.do(
      "GET",
      "/api/v1/clips",
      z.object({ clips: z.array(z.object({ sha256: z.string() })) }),
    );
    const wish = { areas: [PROVINCE_ID], severity: "actual", headline: "Thử", confirm: "KHẨN CẤP" };
    const url = `https://dai.test/${"khan-cap-".repeat(50)}`;
    const { relay } = await operator.do(
      "POST",
      "/api/v1/relays",
      z.object({ relay: z.object({ id: z.string() }) }),
      {
        ...{ title: "Đài".repeat(60), areaId: PROVINCE_ID },
        source: { kind: "stream", url, isPrivate: true, gainDb: -6 },
      },
    );
    const { draft } = await operator.do(
      "POST",
      "/api/v1/emergencies",
      z.object({ draft: z.object({ id: z.string() }) }),
      { ...wish, message: { clip: clips[0]?.sha256 }, stream: { relay: relay.id, minutes: 30 } },
    );
    await page.route("**/audio", (route) => route.fulfill({ body: "another sound" }));
    await page.goto(`${province.origin}/#/drafts/${draft.id}`);
    await page.getByText(url).waitFor();
    await lookAt(page, "station-draft");
    const site = await approvalWindow(page, "Phê duyệt KHẨN CẤP bằng khóa của tôi", key);
    await site.getByText("Đừng ký, hãy báo cho người quản trị").waitFor();
    for (const words of [url, "trong mạng nội bộ của tỉnh", /mức .6 dB/])
      await site.locator(".draft-facts").getByText(words).waitFor();
    await site.setViewportSize({ width: 360, height: 740 });
    expect(await site.getByRole("button", { name: "Ký bằng khóa phê duyệt của tôi" }).count()).toBe(0);
    await lookAt(site, "another-sound");
    await site.getByRole("button", { name: "Không ký" }).click();
    await page.unroute("**/audio");
    await operator.do("POST", `/api/v1/emergency-drafts/${draft.id}/withdraw`, z.unknown());
  });

  it.skipIf(!hasFfmpeg)("lets an alert out, whose banner goes with the STOP", async () => {
    const { operator } = province.desk;
    await eventuallySo("the box has the roster", 30_000, async () => {
      const { boxes } = await operator.do("GET", "/api/v1/roster", rosterAnswer);
      return boxes.current === 1;
    });
    const body = signCap(alertAt(Date.now(), { area: areaOf(PROVINCE_ID) }), await service);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/cap+xml" };
    const answer = await fetch(`${province.origin}/api/v1/cap`, { method: "POST", headers, body });
    expect(answer.status, await answer.text()).toBe(201);
    const banner = author.locator(".emergency-banner.actual", { hasText: headline });
    await banner.waitFor();
    await operator.do("POST", `/api/v1/areas/${PROVINCE_ID}/stop`, z.unknown());
    await banner.waitFor({ state: "detached" });
    await author.goto(`${province.origin}/#/emergencies`);
    await author.locator(".emergency-item", { hasText: headline }).getByText("Đã dừng").waitFor();
    await lookAt(author, "stopped-list");
    await author.getByRole("link", { name: headline }).click();
    // What was heard can still be put right.
    await author.getByRole("button", { name: "đính chính" }).waitFor();
    await lookAt(author, "stopped-emergency");
    expect(complaints).toEqual([]);
  });

  /** On a phone: nothing in the way of anybody, nothing beyond its edge, and something to see. */
  async function lookAt(page: Page, name: string): Promise<void> {
    expect(await barriersOf(page), name).toEqual([]);
    expect(await overflowOf(page), name).toBeLessThanOrEqual(0);
    const picture = await page.screenshot({ path: join(folder.path, `${name}.png`), fullPage: true });
    expect(picture.length, name).toBeGreaterThan(PICTURE_BYTES);
  }
});

/** As a control room in strange hands would: another text, after the first one was read and before it is signed. */
async function putAnother(page: Page): Promise<void> {
  const ask = {
    loa: "approval-site-ask",
    language: "vi",
    do: "approve",
    payload: "{}",
    credentials: [],
    names: [],
  };
  await page.evaluate(async (another) => {
    window.open("", "loa-approve")?.postMessage(another, "*");
    await new Promise((done) => setTimeout(done, 200));
  }, ask);
}

/** As such a control room would too: all comes anew, just before somebody presses. Notes whether the press waited then. */
async function reloadUnderThePress(site: Page): Promise<void> {
  await site.addInitScript(() => {
    new MutationObserver((_, observer) => {
      const button = document.querySelector(".approve-site .actions wa-button");
      if (button === null) return;
      observer.disconnect();
      document.documentElement.dataset.wasHeld = String(Reflect.get(button, "disabled"));
    }).observe(document, { subtree: true, childList: true });
  });
  await site.reload();
}

/** Whether a browser knows how long each sound of the page is: it could be decoded. */
async function playable(site: Page): Promise<readonly boolean[]> {
  await site.waitForFunction(() =>
    [...document.querySelectorAll("audio")].every((one) => one.readyState >= HTMLMediaElement.HAVE_METADATA),
  );
  return site.locator("audio").evaluateAll((all) => all.map((one) => (one as HTMLAudioElement).duration > 1));
}
