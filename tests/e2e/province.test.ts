import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DAY_MS, plus, SECOND_MS, toLocal } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import { CHIRP, findChirp } from "../golden-ear/find-chirp.ts";
import { soundingStretch } from "../golden-ear/gaps.ts";
import { peakDb, rmsDb } from "../golden-ear/level.ts";
import { encode, SAMPLE_RATE_HZ, withChirps, writeWav } from "../golden-ear/make-audio.ts";
import { fromPcm16, slice } from "../golden-ear/recording.ts";
import { liveProvince, shownBoxes } from "../support/live-province.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const CLIP_MS = 4_000;
const CHIRP_AT_MS = 500;
/** Louder than the noise of an mp3 encoder, far below any sound. */
const AUDIBLE_DB = -50;

describeWithPart("ffmpeg", "a province on a laptop", ({ path: ffmpegPath }) => {
  test("an mp3 that an operator uploads and schedules sounds from every box, at its time, whole and alone", async () => {
    const { province, operator } = await liveProvince();
    await shownBoxes(operator, (boxes) => boxes.every((box) => box.presence.state === "online"), 20_000);
    const wav = join(await testFolder(), "bulletin.wav");
    writeWav(wav, withChirps(CLIP_MS, [CHIRP_AT_MS, 2_000, 3_300]));
    const mp3 = await encode(ffmpegPath, wav, "mp3");
    const clip = await operator.upload("bulletin.mp3", await readFile(mp3));
    expect(Math.abs(clip.durationMs - CLIP_MS)).toBeLessThan(60);

    const startsAt = plus(nodeClock.now(), 11 * SECOND_MS - (nodeClock.now() % SECOND_MS));
    const local = toLocal(startsAt);
    await operator.do("POST", "/api/v1/schedules", z.unknown(), {
      title: "Bản tin thử",
      clip: clip.sha256,
      class: "normal",
      field: "other",
      areas: [PROVINCE_ID],
      recurrence: {
        times: [local.time],
        weekdays: [1, 2, 3, 4, 5, 6, 7],
        from: local.date,
        to: toLocal(plus(startsAt, DAY_MS)).date,
        except: [],
        repeat: null,
      },
    });
    const heard = (boxes: Parameters<Parameters<typeof shownBoxes>[1]>[0]) =>
      boxes.every((box) => box.lastReceipt !== null && box.onAir === null);
    const shown = await shownBoxes(operator, heard, 45_000);
    expect(shown.map((box) => box.lastReceipt)).toEqual(
      shown.map(() => expect.objectContaining({ verdict: "heard" })),
    );

    for (const box of province.boxes) {
      const { samples, firstSampleAt } = await province.lastPcm(box);
      const recording = fromPcm16(samples, SAMPLE_RATE_HZ, firstSampleAt);
      const around = slice(recording, startsAt - 2 * SECOND_MS, startsAt + CLIP_MS + 2 * SECOND_MS);
      const first = findChirp(slice(recording, startsAt - SECOND_MS, startsAt + 1_500));
      expect(first).not.toBeNull();
      // The start error of the issue: 250 ms on every box.
      expect(Math.abs((first?.at ?? 0) - startsAt - CHIRP_AT_MS)).toBeLessThanOrEqual(250);
      const sounding = soundingStretch(around, AUDIBLE_DB);
      const lengthMs = (sounding?.toAt ?? 0) - (sounding?.fromAt ?? 0);
      expect(Math.abs(lengthMs - (3_300 + CHIRP.durationMs - CHIRP_AT_MS))).toBeLessThan(60);
      expect(peakDb(slice(recording, startsAt - 10 * SECOND_MS, startsAt - 300))).toBeLessThan(AUDIBLE_DB);
      expect(peakDb(slice(recording, startsAt + CLIP_MS + 300, startsAt + CLIP_MS + 1_500))).toBeLessThan(
        AUDIBLE_DB,
      );
      const loud = rmsDb(slice(recording, (first?.at ?? 0) + 20, (first?.at ?? 0) + 180));
      expect(loud).toBeGreaterThan(-20);
    }
  });
});
