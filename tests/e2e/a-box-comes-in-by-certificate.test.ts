import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { numberedSeconds, secondsHeard } from "../golden-ear/numbered-seconds.ts";
import { slice } from "../golden-ear/recording.ts";
import { type BoxProcess, startBoxProcess } from "../support/box-process.ts";
import { type ControlRoomProcess, startControlRoomProcess } from "../support/control-room-process.ts";
import { untilPast } from "../support/desk.ts";
import { recordedIn } from "../support/recorded-loudspeaker.ts";
import { describeWithPart } from "../support/system-part.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

const clipSeconds = 3;
const aheadMs = 6_000;
const onlineLimitMs = 40_000;
const receiptLimitMs = 45_000;
/** Of a box that is shut out: at least one try to come back lies in it. */
const shutOutLimitMs = 30_000;

const certificates = z.object({
  certificates: z.array(z.object({ kind: z.string(), boxId: z.string().nullable(), state: z.string() })),
});

describeWithPart("ffmpeg", "a box whose image names the authority of its control room", ({ path }) => {
  let folder: TemporaryFolder;
  let room: ControlRoomProcess;
  let box: BoxProcess;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await startControlRoomProcess({ dataFolder: join(folder.path, "room"), isTls: true });
    box = await startBoxProcess({
      folder: join(folder.path, "box"),
      controllerUrl: room.origin,
      claimCode: await room.claim(room.root, "Cụm loa"),
      ca: room.authority,
    });
  });
  afterAll(async () => {
    await Promise.all([box?.close(), room?.running().stop()]);
    await folder?.remove();
  });

  it("enrols over HTTPS, comes in by its certificate, fetches a bulletin and is heard", async () => {
    const { answer } = JSON.parse(readFileSync(join(folder.path, "box", "disk", "identity.json"), "utf8"));
    expect([answer.mqttUrl, answer.contentUrl]).toEqual([
      expect.stringMatching(/^mqtts:/),
      expect.stringMatching(/^https:/),
    ]);
    const clip = await room.desk.operator.upload(
      "ban-tin.mp3",
      await numberedSeconds(path, folder.path, clipSeconds),
    );
    await room.desk.boxWhen(
      "the box is online",
      onlineLimitMs,
      box.id,
      (one) => one.presence.state === "online",
    );
    const { id, dueAt } = await room.desk.playOnce({ title: "Bản tin", areas: [room.root], clip, aheadMs });
    await untilPast(dueAt, (clipSeconds + 1) * 1_000);
    const heard = recordedIn(box.recordings).flatMap((one) =>
      secondsHeard(slice(one, dueAt - 1_000, Number.POSITIVE_INFINITY), clipSeconds),
    );
    expect(new Set(heard.map(({ second }) => second))).toEqual(new Set([...Array(clipSeconds).keys()]));
    expect(await room.desk.receipt(id, box.id, receiptLimitMs)).toMatchObject({ verdict: "heard" });
  });

  it("and is shut out for good when it is revoked", async () => {
    await room.desk.operator.do("POST", `/api/v1/boxes/${box.id}/revoke`, z.unknown());
    await room
      .running()
      .says(/"event":"broker.refused".*"(bad-handshake|revoked|bad-certificate)"/, shutOutLimitMs);
    const seen = await room.desk.operator.do("GET", "/api/v1/trust/certificates", certificates);
    expect(seen.certificates.find(({ boxId }) => boxId === box.id)).toMatchObject({ state: "revoked" });
    expect(await room.desk.boxes()).toEqual([]);
  });
});
