import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderSiren } from "@loa/edge-agent/sound/siren.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { findPattern } from "../golden-ear/find-pattern.ts";
import { fromPcm16, type Recording, slice } from "../golden-ear/recording.ts";
import { eventually, eventuallySo } from "../support/eventually.ts";
import { decoded } from "../support/media-bench.ts";
import { isUp, type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { describeWithPart, systemPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import { openBrowser, overflowOf, signIn, visit } from "./page-support.ts";

const hasFfmpeg = systemPart("ffmpeg") !== null;
const sampleRateHz = 48_000;
/** As much of the siren, and of the speech, as the ear needs. */
const patternMs = 1_200;
const heardLimitMs = 30_000;
const typed = "UBND xã thông báo: lũ về lúc 17h30. Bà con sơ tán ngay, gọi 114.";
const asSaid =
  "Ủy ban nhân dân xã thông báo: lũ về lúc mười bảy giờ ba mươi phút. Bà con sơ tán ngay, gọi một một bốn.";

const persons = z.object({ approvers: z.array(z.object({ person: z.string() })) });
const rosterAnswer = z.object({ boxes: z.object({ current: z.number() }) });
const clipsAnswer = z.object({
  clips: z.array(z.object({ sha256: z.string(), written: z.string().nullable(), durationMs: z.number() })),
});
const emergenciesAnswer = z.object({
  emergencies: z.array(z.object({ id: z.string(), standing: z.string() })),
});
const spokenAnswer = z.object({ clip: z.object({ sha256: z.string(), durationMs: z.number() }) });

describeWithPart("chromium", "an emergency that is typed", ({ path }) => {
  let folder: TemporaryFolder;
  let province: ProvinceProcess;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  let box: BoxId;
  let speech: Recording;

  beforeAll(async () => {
    folder = await temporaryFolder();
    province = await startProvinceProcess(folder.path, ["--boxes", "2"]);
    const { desk } = province;
    await desk.withdrawAll();
    const troubles = await province.troubles();
    await eventuallySo("every box is up and has the roster", 60_000, async () => {
      const { boxes } = await desk.operator.do("GET", "/api/v1/roster", rosterAnswer);
      const all = await desk.boxes();
      return boxes.current === 2 && all.every((one) => isUp(one, troubles.get(one.boxId) ?? "none"));
    });
    const sound = (await desk.boxes()).find(({ readiness }) => readiness.state === "ready");
    if (sound === undefined) throw new Error("nobody to listen to");
    box = sound.boxId;
    browser = await openBrowser(path);
    ({ page, complaints } = await visit(browser, province.origin, { screen: "phone" }));
    await signIn(page, province.user, province.password);
    await page.getByRole("heading", { level: 1 }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await province?.process.stop();
    await folder?.remove();
  });

  it.skipIf(!hasFfmpeg)("is read and heard by its author before it is used", async () => {
    await page.goto(`${province.origin}/#/emergencies`);
    await page.locator(".severity-choice.actual").click();
    await page.getByRole("treeitem").getByText("Tỉnh Cam Lâm Hải").click();
    await page.getByLabel("Tiêu đề").fill("Lũ về");
    await page.getByRole("radio", { name: "Nhập văn bản" }).first().click();
    await page.getByLabel("Nội dung cần đọc").fill(typed);
    await page.locator(".spoken").getByText("gọi một một bốn").waitFor();
    await page.getByRole("button", { name: "Nghe thử" }).click();
    const player = page.getByLabel("Bản nghe thử");
    await player.waitFor();
    expect(await barriersOf(page)).toEqual([]);
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Dùng bản đọc này" }).click();
    await page.locator(".clip-card").getByText(asSaid).waitFor();
    expect(complaints).toEqual([]);
  });

  it.skipIf(!hasFfmpeg)("is a clip as long as speech is, the same as often as it is typed", async () => {
    const { operator } = province.desk;
    const { clips } = await operator.do("GET", "/api/v1/clips", clipsAnswer);
    const clip = clips.find(({ written }) => written === typed);
    expect(clip?.durationMs).toBeGreaterThan(5_000);
    expect(clip?.durationMs).toBeLessThan(15_000);
    const again = (changed: object) =>
      operator.do("POST", "/api/v1/speech", spokenAnswer, { text: typed, ...changed });
    expect((await again({})).clip.sha256).toBe(clip?.sha256);
    expect((await again({ dialect: "south" })).clip.sha256).not.toBe(clip?.sha256);
    const answer = await fetch(`${province.origin}/api/v1/clips/${clip?.sha256}/audio`, {
      headers: { cookie: operator.cookie() },
    });
    const file = join(folder.path, "typed.mp3");
    writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
    speech = await decoded(file);
  });

  it.skipIf(!hasFfmpeg)("is read by the second person, and heard behind the siren", async () => {
    const { operator } = province.desk;
    await page.getByLabel("Gõ chữ KHẨN CẤP để xác nhận").fill("KHẨN CẤP");
    await page.locator(".raise").click();
    await page.locator(".draft-facts").getByText(asSaid).waitFor();
    const draft = page.url().split("/").at(-1);
    const { approvers } = await operator.do("GET", "/sim/approvers", persons);
    const approvedAt = Date.now();
    for (const { person } of approvers) {
      await operator.do("POST", "/sim/approve", z.unknown(), { draft, person });
    }
    const siren = fromPcm16(renderSiren("actual"), sampleRateHz, 0);
    const sirenAt = await eventually("the siren is heard", heardLimitMs, () => found(siren, approvedAt, 0.5));
    const spokenAt = await eventually("the words are heard", heardLimitMs, () => found(speech, sirenAt, 0.5));
    expect(spokenAt - sirenAt).toBeGreaterThan(5_000);
    expect(complaints).toEqual([]);
  });

  it.skipIf(!hasFfmpeg)("is updated from its page, and the update takes its place", async () => {
    const { operator } = province.desk;
    const { emergencies } = await operator.do("GET", "/api/v1/emergencies", emergenciesAnswer);
    const first = emergencies.find(({ standing }) => standing === "in-force");
    await page.goto(`${province.origin}/#/emergencies/${first?.id}`);
    await page.getByRole("link", { name: "Cập nhật thông báo này" }).click();
    await page.getByText("Thay cho «Lũ về»").waitFor();
    await page.getByLabel("Tiêu đề").fill("Lũ rút");
    await page.getByLabel("Gõ chữ KHẨN CẤP để xác nhận").fill("KHẨN CẤP");
    await page.locator(".raise").click();
    await page.locator(".draft-facts").getByText("Thay cho một thông báo đang hiệu lực").waitFor();
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    const draft = page.url().split("/").at(-1);
    const { approvers } = await operator.do("GET", "/sim/approvers", persons);
    for (const { person } of approvers) {
      await operator.do("POST", "/sim/approve", z.unknown(), { draft, person });
    }
    const after = await operator.do("GET", "/api/v1/emergencies", emergenciesAnswer);
    const standings = new Map(after.emergencies.map(({ id, standing }) => [id, standing]));
    expect(standings.get(first?.id ?? "")).toBe("cancelled");
    expect(standings.get(draft ?? "")).toBe("in-force");
    expect(complaints).toEqual([]);
  });

  /** When the loudspeaker began with it. */
  async function found(what: Recording, since: number, alike: number): Promise<number | null> {
    const recording = slice(await province.heard(box, 60), since, Number.POSITIVE_INFINITY);
    const pattern = what.samples.subarray(0, (patternMs * sampleRateHz) / 1_000);
    return findPattern(recording, pattern, { alike })?.at ?? null;
  }
});
