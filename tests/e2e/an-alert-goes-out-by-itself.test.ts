import { renderSiren } from "@loa/edge-agent/sound/siren.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { findPattern } from "../golden-ear/find-pattern.ts";
import { fromPcm16, slice } from "../golden-ear/recording.ts";
import { areaOf } from "../support/cap-messages.ts";
import { eventually, eventuallySo } from "../support/eventually.ts";
import { isUp, startProvinceProcess } from "../support/province-process.ts";
import { signCap, signingService } from "../support/signed-cap.ts";
import { alertAt, SENDER } from "../support/standing-approvals.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const ffmpeg = systemPart("ffmpeg");
const BOXES = 2;
const SAMPLE_RATE_HZ = 48_000;
/** As much of the siren as the ear needs. */
const PATTERN_SAMPLES = 1.2 * SAMPLE_RATE_HZ;
const wish = {
  ...{ sender: SENDER, events: ["Lũ quét"], areas: [PROVINCE_ID], severity: "actual" },
  ...{ headline: "Lũ quét: rời ven suối", message: null, correction: null, confirm: "KHẨN CẤP" },
  ...{ sirenS: 4, times: 1 },
};
const made = z.object({ standingApproval: z.object({ id: z.string() }) });
const persons = z.object({ approvers: z.array(z.object({ person: z.string() })) });
const rosterAnswer = z.object({ boxes: z.object({ current: z.number() }) });
const emergencies = z.object({
  emergencies: z.array(
    z.object({ id: z.string(), headline: z.string(), standingApproval: z.object({ id: z.string() }) }),
  ),
});
const tallied = z.object({ tally: z.object({ audible: z.number(), refused: z.number() }) });

test.skipIf(ffmpeg === null)(
  "npm start: a signed alert is heard as a siren, in words that two persons approved before, and nobody has pressed",
  { timeout: 180_000 },
  async () => {
    const service = await signingService("rsa");
    const province = await startProvinceProcess(await testFolder(), ["--boxes", String(BOXES), "--quiet"]);
    onTestFinished(async () => void (await province.process.stop()));
    const { operator } = province.desk;
    await province.desk.withdrawAll();
    const troubles = await province.troubles();
    await eventuallySo("every box is up, and has the roster", 60_000, async () => {
      const { boxes } = await operator.do("GET", "/api/v1/roster", rosterAnswer);
      const all = await province.desk.boxes();
      return boxes.current === BOXES && all.every((one) => isUp(one, troubles.get(one.boxId) ?? "none"));
    });
    const box = (await province.desk.boxes()).find(({ readiness }) => readiness.state === "ready")?.boxId;
    if (box === undefined) throw new Error("nobody to listen to");
    const { token } = await operator.do(
      "PUT",
      `/api/v1/cap-senders/${SENDER}`,
      z.object({ token: z.string() }),
    );
    const pem = service.certificate;
    await operator.do("PUT", `/api/v1/cap-senders/${SENDER}/certificate`, z.unknown(), { pem });
    const { standingApproval } = await operator.do("POST", "/api/v1/standing-approvals", made, wish);
    const { approvers } = await operator.do("GET", "/sim/approvers", persons);
    for (const { person } of approvers) {
      const order = { standingApproval: standingApproval.id, person };
      await operator.do("POST", "/sim/approve-standing", z.unknown(), order);
    }
    const sentAt = Date.now();
    const answer = await fetch(`${province.origin}/api/v1/cap`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/cap+xml" },
      body: signCap(alertAt(sentAt, { area: areaOf(PROVINCE_ID) }), service),
    });
    expect(answer.status, await answer.text()).toBe(201);
    const { samples } = fromPcm16(renderSiren("actual"), SAMPLE_RATE_HZ, 0);
    const siren = samples.subarray(0, PATTERN_SAMPLES);
    await eventually("the siren is heard", 30_000, async () => {
      const recording = slice(await province.heard(box, 60), sentAt, Number.POSITIVE_INFINITY);
      return findPattern(recording, siren, { alike: 0.5 });
    });
    const [raised] = (await operator.do("GET", "/api/v1/emergencies", emergencies)).emergencies;
    expect(raised).toMatchObject({ headline: wish.headline, standingApproval });
    await eventually("a box is audible, and none has refused", 20_000, async () => {
      const { tally } = await operator.do("GET", `/api/v1/emergencies/${raised?.id}`, tallied);
      expect(tally.refused).toBe(0);
      return tally.audible > 0 ? tally : null;
    });
  },
);
