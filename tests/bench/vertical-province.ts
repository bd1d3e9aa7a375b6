import { areaId, type BoxId } from "@loa/shared/kernel/ids.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { startErrorMs } from "../golden-ear/start-error.ts";
import { testBulletin } from "../golden-ear/test-bulletin.ts";
import { untilPast } from "../support/desk.ts";
import { eventuallySo } from "../support/eventually.ts";
import { isUp, type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { atMost, type BenchRow } from "./bench-row.ts";

const boxes = 12;
const readyLimitMs = 90_000;
const aheadMs = 10_000;
const clipMs = 5_000;
/** Not heard at all: later than anything that was heard. */
const neverMs = 60_000;
const province = areaId.parse(PROVINCE_ID);

/** What a newcomer sees of `npm start`: how long until every box is up, and how punctual they are. */
export async function bench(): Promise<BenchRow[]> {
  await using folder = await temporaryFolder();
  const from = performance.now();
  const running = await startProvinceProcess(folder.path);
  try {
    const troubles = await running.troubles();
    await eventuallySo("every box is up", readyLimitMs, async () => {
      const seen = await running.desk.boxes();
      return seen.length === boxes && seen.every((box) => isUp(box, troubles.get(box.boxId) ?? "none"));
    });
    const upS = (performance.now() - from) / 1_000;
    const healthy = [...troubles].filter(([, trouble]) => trouble === "none").map(([box]) => box);
    const errors = await startErrors(running, folder.path, healthy);
    return [
      atMost(`npm start until ${boxes} boxes are ready`, upS, "s", 20),
      atMost(`start error, worst of ${errors.length} boxes`, Math.max(...errors), "ms", 250),
      atMost("start error, 95th percentile", percentile(errors, 95), "ms", 250),
    ];
  } finally {
    await running.process.stop();
  }
}

async function startErrors(
  { desk, heard }: ProvinceProcess,
  folder: string,
  healthy: readonly BoxId[],
): Promise<readonly number[]> {
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) throw new Error(`needs ffmpeg: ${ffmpeg.error.tried.join("; ")}`);
  const bulletin = await testBulletin(ffmpeg.value.path, folder, clipMs);
  await desk.withdrawAll();
  await desk.liftRules(province);
  const clip = await desk.operator.upload("bench.mp3", bulletin.bytes);
  const { dueAt } = await desk.playOnce({ title: "Đo", areas: [province], clip, aheadMs });
  await untilPast(dueAt, clipMs);
  const errors: number[] = [];
  for (const box of healthy) {
    const error = startErrorMs(await heard(box, 30), bulletin, dueAt);
    errors.push(error === null ? neverMs : Math.abs(error));
  }
  return errors;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
}
