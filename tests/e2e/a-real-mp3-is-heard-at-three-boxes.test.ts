import { areaId } from "@loa/shared/kernel/ids.ts";
import type { UploadedClip } from "@loa/simulator/operator.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { soundingStretch } from "../golden-ear/gaps.ts";
import { rmsDb } from "../golden-ear/level.ts";
import { type Recording, slice } from "../golden-ear/recording.ts";
import { startErrorMs } from "../golden-ear/start-error.ts";
import { type TestBulletin, testBulletin } from "../golden-ear/test-bulletin.ts";
import { type ListedBox, type PlacedOrder, untilPast } from "../support/desk.ts";
import { eventually } from "../support/eventually.ts";
import { isUp, type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { describeWithPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

const commune = areaId.parse("long-hai");
const otherCommune = areaId.parse("vinh-son");
const bulletinMs = 6_000;
const aheadMs = 10_000;
const receiptLimitMs = 30_000;
/** Around a bulletin, this long of what was before and after must be silent. */
const silenceMs = 3_000;
const silenceBelowDb = -60;
/** The target that `npm start` normalises to (EBU R128). */
const targetLufs = -16;

describeWithPart("ffmpeg", "an mp3 that an operator uploads and schedules ten seconds ahead", ({ path }) => {
  let folder: TemporaryFolder;
  let province: ProvinceProcess;
  let bulletin: TestBulletin;
  let clip: UploadedClip;
  let order: PlacedOrder;
  let heard: readonly Recording[] = [];
  let listeners: readonly Pick<ListedBox, "boxId" | "areaId">[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    province = await startProvinceProcess(folder.path, ["--boxes", "9", "--quiet"]);
    const { desk } = province;
    const troubles = await province.troubles();
    listeners = await eventually("three healthy boxes of one commune are up", 60_000, async () => {
      const up = (await desk.boxes()).filter(
        (box) =>
          box.areaId.startsWith(`${commune}-`) && troubles.get(box.boxId) === "none" && isUp(box, "none"),
      );
      return up.length >= 3 ? up.slice(0, 3) : null;
    });
    const made = await testBulletin(path, folder.path, bulletinMs);
    bulletin = made;
    await desk.liftRules(areaId.parse(PROVINCE_ID));
    // One of them pays for its data: it hears the same from a third of the bytes.
    const [thrifty] = listeners;
    const audio = `/api/v1/areas/${thrifty?.areaId}/audio`;
    await desk.operator.do("PUT", audio, z.unknown(), { rendition: "opus-24" });
    clip = await desk.operator.upload("ban-tin.mp3", made.bytes);
  });
  // A second hearing hears it anew: what a machine that stood still has recorded would only fail again.
  beforeEach(async ({ task }) => {
    const isSecondHearing = (task.result?.retryCount ?? 0) > 0;
    if (heard.length > 0 && !isSecondHearing) return;
    order = await province.desk.playOnce({ title: "Bản tin thử", areas: [commune], clip, aheadMs });
    await untilPast(order.dueAt, bulletinMs + silenceMs + 1_000);
    heard = await Promise.all(listeners.map(({ boxId }) => province.heard(boxId, 30)));
  });
  afterAll(async () => {
    await province?.process.stop();
    await folder?.remove();
  });

  it("starts within 250 ms of its time at every one of them", () => {
    expect(heard).toHaveLength(3);
    for (const recording of heard) {
      expect(Math.abs(startErrorMs(recording, bulletin, order.dueAt) ?? Number.NaN)).toBeLessThanOrEqual(250);
    }
  });

  it("has the loudness of the house, whatever the file had", () => {
    for (const recording of heard) {
      const from = order.dueAt + bulletin.toneFromMs + 500;
      const level = rmsDb(slice(recording, from, order.dueAt + bulletinMs - 500));
      expect(Math.abs(level - targetLufs)).toBeLessThan(1.5);
    }
  });

  it("sounds as long as it is, with silence before and after", () => {
    for (const recording of heard) {
      const around = slice(recording, order.dueAt - silenceMs, order.dueAt + bulletinMs + silenceMs);
      const sounding = soundingStretch(around, silenceBelowDb);
      expect(sounding?.fromAt).toBeGreaterThan(order.dueAt);
      const lengthMs = (sounding?.toAt ?? 0) - (sounding?.fromAt ?? 0);
      expect(Math.abs(lengthMs - (bulletinMs - bulletin.chirpAtMs))).toBeLessThan(250);
      const kept = recording.firstSampleAt < order.dueAt - silenceMs;
      expect(kept, "the recording reaches back to before the silence").toBe(true);
    }
  });

  it("is not heard in the commune next door", async () => {
    const { desk } = province;
    const neighbour = (await desk.boxes()).find((box) => box.areaId.startsWith(`${otherCommune}-`));
    if (neighbour === undefined) throw new Error("nobody lives next door");
    const recording = await province.heard(neighbour.boxId, 60);
    expect(
      soundingStretch(slice(recording, order.dueAt - silenceMs, Number.POSITIVE_INFINITY), -80),
    ).toBeNull();
  });

  it("brings a receipt from each of them that says heard, and how punctual it was", async () => {
    for (const { boxId } of listeners) {
      const receipt = await province.desk.receipt(order.id, boxId, receiptLimitMs);
      expect(receipt).toMatchObject({ verdict: "heard", cause: null, dueAt: order.dueAt });
      expect(Math.abs(receipt.evidence?.startErrorMs ?? Number.NaN)).toBeLessThanOrEqual(250);
    }
  });
});
