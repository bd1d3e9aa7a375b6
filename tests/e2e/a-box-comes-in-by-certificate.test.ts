import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { insertCertificate } from "@loa/controller/store/certificates.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { enrol, readIdentity } from "@loa/edge-agent/adapters/identity-store.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { claimCode } from "@loa/shared/wire/enrolment.ts";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { numberedSeconds, secondsHeard } from "../golden-ear/numbered-seconds.ts";
import { slice } from "../golden-ear/recording.ts";
import { type BoxProcess, startBoxProcess } from "../support/box-process.ts";
import { openTestAuthority, requestFor } from "../support/certificate-requests.ts";
import { believing } from "../support/certified-room.ts";
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
/** It looks within half a minute of its start. */
const renewedLimitMs = 90_000;

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

describeWithPart("ffmpeg", "a box that was in a drawer until its certificate was over", () => {
  it("has it renewed by itself, once, and comes in with the new one", async () => {
    await using folder = await temporaryFolder();
    const room = await startControlRoomProcess({ dataFolder: join(folder.path, "room"), isTls: true });
    onTestFinished(async () => void (await room.running().stop()));
    const [boxFolder, disk] = [join(folder.path, "box"), join(folder.path, "box", "disk")];
    await mkdir(disk, { recursive: true });
    const code = claimCode.parse(await room.claim(room.root, "Cụm loa"));
    const ca = readFileSync(room.authority, "utf8");
    const enrolled = await enrol(disk, room.origin, code, believing(ca));
    if (!enrolled.ok) throw new Error(enrolled.error);
    const old = await letItEnd(join(folder.path, "room"), disk, enrolled.value.box);
    const box = await startBoxProcess({
      folder: boxFolder,
      controllerUrl: room.origin,
      claimCode: "",
      ca: room.authority,
    });
    onTestFinished(() => box.close());
    await box.running().says(/certificate\.renewed/, renewedLimitMs);
    await room.desk.boxWhen(
      "the box is online",
      onlineLimitMs,
      box.id,
      (one) => one.presence.state === "online",
    );
    expect(readIdentity(disk)?.tls?.serial).not.toBe(old);
  });
});

/** Its certificate is one that was over ten days ago; answers the serial number. */
async function letItEnd(roomFolder: string, disk: string, box: BoxId): Promise<string> {
  const authority = await openTestAuthority(join(roomFolder, "keys"));
  const { csr, privateKey } = await requestFor({ name: box });
  const from = plus(asInstant(Date.now()), -100 * DAY_MS);
  const over = await authority.issue(box, csr, from);
  const db = await openDatabase(openSqlite(join(roomFolder, "loa.sqlite")));
  await insertCertificate(db, box, over, from);
  await db.destroy();
  const told = { certificate: over.pem, authority: authority.root, trust: "own", privateKey };
  await writeFile(join(disk, "tls.json"), JSON.stringify(told));
  return over.serial;
}
