import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import { type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const ffmpeg = systemPart("ffmpeg");
const BOXES = 2;
const flood = {
  areas: ["cam-lam-hai"],
  severity: "actual",
  headline: "Lũ về, di dời ngay",
  message: null,
  confirm: "KHẨN CẤP",
  sirenS: 2,
  times: 1,
};
const drafted = z.object({ draft: z.object({ id: z.string(), standing: z.string() }) });
const persons = z.object({ approvers: z.array(z.object({ person: z.string() })) });
const approved = z.object({ emergency: z.object({ id: z.string() }).nullable() });
const tallied = z.object({
  tally: z.object({ targeted: z.number(), audible: z.number(), refused: z.number() }),
});
const rosterAnswer = z.object({
  roster: z.object({ version: z.number() }),
  boxes: z.object({ current: z.number(), older: z.number(), none: z.number() }),
});

async function start(folder: string): Promise<ProvinceProcess> {
  const province = await startProvinceProcess(folder, ["--boxes", String(BOXES), "--quiet"]);
  onTestFinished(async () => void (await province.process.stop()));
  return province;
}

/** Until both boxes say that they believe the roster in force. */
async function untilArmed({ desk }: ProvinceProcess): Promise<number> {
  const version = await eventually("both boxes have the roster", 40_000, async () => {
    const { roster, boxes } = await desk.operator.do("GET", "/api/v1/roster", rosterAnswer);
    return boxes.current === BOXES ? roster.version : null;
  });
  return version;
}

/** A third person writes it, the two of the demo approve it, and it is heard at every box. */
async function raiseIt({ desk }: ProvinceProcess): Promise<void> {
  const { draft } = await desk.operator.do("POST", "/api/v1/emergencies", drafted, flood);
  const { approvers } = await desk.operator.do("GET", "/sim/approvers", persons);
  const goneOut: (string | null)[] = [];
  for (const { person } of approvers) {
    const order = { draft: draft.id, person };
    const { emergency } = await desk.operator.do("POST", "/sim/approve", approved, order);
    goneOut.push(emergency?.id ?? null);
  }
  expect(goneOut).toEqual([null, draft.id]);
  const heard = await eventually("every box is heard", 20_000, async () => {
    const { tally } = await desk.operator.do("GET", `/api/v1/emergencies/${draft.id}`, tallied);
    return tally.audible === BOXES ? tally : null;
  });
  expect(heard).toMatchObject({ targeted: BOXES, refused: 0 });
}

test.skipIf(ffmpeg === null)(
  "npm start: one writes it, two approve it, every box checks them and is heard; also after a start at another port",
  { timeout: 180_000 },
  async () => {
    const folder = await testFolder();
    const first = await start(folder);
    const version = await untilArmed(first);
    await raiseIt(first);
    await first.process.stop();
    const second = await start(folder);
    expect(await untilArmed(second)).toBeGreaterThanOrEqual(version);
    await raiseIt(second);
  },
);
