import { renderSiren } from "@loa/edge-agent/sound/siren.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { findPattern } from "../golden-ear/find-pattern.ts";
import { fromPcm16, slice } from "../golden-ear/recording.ts";
import { eventually, eventuallySo } from "../support/eventually.ts";
import { isUp, type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { describeWithPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";
import { barriersOf } from "./page-checks.ts";
import {
  approvalWindow,
  makeApprovalKey,
  openBrowser,
  signIn,
  type VirtualKey,
  visit,
} from "./page-support.ts";

const sampleRateHz = 48_000;
/** As much of the siren as the ear needs. */
const patternMs = 1_200;
const heardLimitMs = 20_000;
const people = ["nguyen-thi-hai", "tran-van-ba"] as const;

const newUser = z.object({ password: z.string() });
const rosterAnswer = z.object({ boxes: z.object({ current: z.number() }) });
const draftAnswer = z.object({ draft: z.object({ id: z.string() }) });

describeWithPart("chromium", "an emergency that two persons approve with their own passkeys", ({ path }) => {
  let folder: TemporaryFolder;
  let province: ProvinceProcess;
  let browser: Browser;
  let box: BoxId;
  const pages: Page[] = [];
  const keys: VirtualKey[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    province = await startProvinceProcess(folder.path, ["--boxes", "2"]);
    const { desk } = province;
    await desk.withdrawAll();
    const troubles = await province.troubles();
    await eventuallySo("every box is up", 60_000, async () =>
      (await desk.boxes()).every((one) => isUp(one, troubles.get(one.boxId) ?? "none")),
    );
    const sound = (await desk.boxes()).find(({ readiness }) => readiness.state === "ready");
    if (sound === undefined) throw new Error("nobody to listen to");
    box = sound.boxId;
    browser = await openBrowser(path);
  });
  afterAll(async () => {
    await browser?.close();
    await province?.process.stop();
    await folder?.remove();
  });

  it("registers the keys of two new approvers, and the holders of the root sign the roster", async () => {
    const { operator } = province.desk;
    for (const person of people) {
      const grants = [{ role: "emergency-approver", areaId: PROVINCE_ID }];
      const { password } = await operator.do("POST", "/api/v1/users", newUser, { name: person, grants });
      const { page } = await visit(browser, province.origin);
      pages.push(page);
      await signIn(page, person, password);
      await page.getByRole("link", { name: person, exact: true }).click();
      keys.push(await makeApprovalKey(page, "Khóa của tôi"));
    }
    await operator.do("POST", "/sim/sign-roster", z.object({ version: z.number() }), {});
    await eventuallySo("all boxes have the roster", 30_000, async () => {
      const { boxes } = await operator.do("GET", "/api/v1/roster", rosterAnswer);
      return boxes.current === 2;
    });
  });

  it("sounds at once when the second has approved, and not before", async () => {
    const { draft } = await province.desk.operator.do("POST", "/api/v1/emergencies", draftAnswer, {
      areas: [PROVINCE_ID],
      severity: "actual",
      headline: "Lũ quét ở thượng nguồn",
      message: null,
      confirm: "KHẨN CẤP",
    });
    const [first, second] = pages;
    if (first === undefined || second === undefined) throw new Error("two persons are needed");
    await approve(first, 0, draft.id);
    await first.getByText("Đã có 1 trên 2 người phê duyệt").waitFor();
    expect(await siren(0), "one person alone raises nothing").toBeNull();
    const approvedAt = Date.now();
    await approve(second, 1, draft.id);
    await second.getByText("Đã có 2 trên 2 người phê duyệt").waitFor();
    await eventually("the siren is heard", heardLimitMs, () => siren(approvedAt));
    await second.getByRole("button", { name: "Xem tình hình từng cụm loa" }).click();
    await second.getByText("phê duyệt: nguyen-thi-hai, tran-van-ba").waitFor();
    await second.locator(".emergency-boxes").getByText("Đã nghe được").first().waitFor();
  });

  async function approve(page: Page, index: number, draft: string): Promise<void> {
    const key = keys[index];
    if (key === undefined) throw new Error("no key was made");
    await page.goto(`${province.origin}/#/drafts/${draft}`);
    const site = await approvalWindow(page, "Phê duyệt KHẨN CẤP bằng khóa của tôi", key);
    // It says by itself what is signed, whatever the page says that has opened it.
    await site.getByRole("heading", { name: "Lũ quét ở thượng nguồn" }).waitFor();
    expect(new URL(site.url()).hostname).toBe("approve.localhost");
    expect(await barriersOf(site)).toEqual([]);
    await site.getByRole("button", { name: "Ký bằng khóa phê duyệt của tôi" }).click();
  }

  /** The siren in what the loudspeaker gave since then, on the wall clock. */
  async function siren(since: number) {
    const recording = slice(await province.heard(box, 60), since, Number.POSITIVE_INFINITY);
    const { samples } = fromPcm16(renderSiren("actual"), sampleRateHz, 0);
    return findPattern(recording, samples.subarray(0, (patternMs * sampleRateHz) / 1_000), { alike: 0.5 });
  }
});
