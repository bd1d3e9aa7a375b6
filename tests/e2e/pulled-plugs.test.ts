import { join } from "node:path";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { UploadedClip } from "@loa/simulator/operator.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { numberedSeconds, secondsHeard } from "../golden-ear/numbered-seconds.ts";
import { slice } from "../golden-ear/recording.ts";
import { type BoxProcess, startBoxProcess } from "../support/box-process.ts";
import { type ControlRoomProcess, startControlRoomProcess } from "../support/control-room-process.ts";
import { type PlacedOrder, untilPast } from "../support/desk.ts";
import { eventuallySo } from "../support/eventually.ts";
import { recordedIn } from "../support/recorded-loudspeaker.ts";
import { describeWithPart } from "../support/system-part.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

const clipSeconds = 8;
/** A box of a busy machine is back within a good part of it. */
const longClipSeconds = 20;
/** The ear counts in windows of 100 ms, one of which may belong to two seconds. */
const longestSecondMs = 1_200;
const aheadMs = 6_000;
const onlineLimitMs = 40_000;
const receiptLimitMs = 45_000;
/** The page promises 45 s for a box that says nothing; a machine that is busy may be late to look. */
const offlineWithinMs = 55_000;
/** While something sounds, the amplifier is asked every second; it must have failed a few times in a row. */
const faultLimitMs = 15_000;

describeWithPart("ffmpeg", "when somebody pulls a plug", ({ path }) => {
  let folder: TemporaryFolder;
  let room: ControlRoomProcess;
  let radio: TcpProxy;
  let steady: BoxProcess;
  let unlucky: BoxProcess;
  let clip: UploadedClip;
  let longClip: UploadedClip;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await startControlRoomProcess({
      dataFolder: join(folder.path, "room"),
      async publicMqttUrl(mqttPort) {
        radio = await startTcpProxy(mqttPort);
        return `mqtt://127.0.0.1:${radio.port}`;
      },
    });
    const boxes = await Promise.all(["mot", "hai"].map(startBox));
    const [first, second] = boxes;
    if (first === undefined || second === undefined) throw new Error("two boxes were wanted");
    [steady, unlucky] = [first, second];
    const bytes = await numberedSeconds(path, folder.path, clipSeconds);
    clip = await room.desk.operator.upload("ban-tin.mp3", bytes);
    const long = await numberedSeconds(path, folder.path, longClipSeconds);
    longClip = await room.desk.operator.upload("ban-tin-dai.mp3", long);
    for (const { id } of boxes) await online(id);
  });
  afterAll(async () => {
    await Promise.all([steady?.close(), unlucky?.close(), room?.running().stop()]);
    await radio?.close();
    await folder?.remove();
  });

  async function startBox(name: string): Promise<BoxProcess> {
    return await startBoxProcess({
      folder: join(folder.path, name),
      controllerUrl: room.origin,
      claimCode: await room.claim(room.root, `Cụm loa ${name}`),
    });
  }

  async function online(id: BoxId): Promise<void> {
    const isSo = "the box is online and has its plan";
    await room.desk.boxWhen(isSo, onlineLimitMs, id, (box) => {
      return box.presence.state === "online" && box.appliedRevision === box.wantedRevision;
    });
  }

  function order(title: string, what = clip): Promise<PlacedOrder> {
    return room.desk.playOnce({ title, areas: [room.root], clip: what, aheadMs });
  }

  /** How long each second of the bulletin was heard at a box, ms, in the order of hearing. */
  function heardOf(
    box: BoxProcess,
    { dueAt }: PlacedOrder,
    seconds = clipSeconds,
  ): ReadonlyMap<number, number> {
    const heard = new Map<number, number>();
    for (const recording of recordedIn(box.recordings)) {
      const since = slice(recording, dueAt - 1_000, Number.POSITIVE_INFINITY);
      for (const { second, fromAt, toAt } of secondsHeard(since, seconds))
        heard.set(second, (heard.get(second) ?? 0) + toAt - fromAt);
    }
    return heard;
  }

  it("of the control room, the bulletin goes on, and its receipts come afterwards", async () => {
    const placed = await order("Mất điện trung tâm");
    await untilPast(placed.dueAt, 2_000);
    await room.running().kill();
    // Nothing comes through before we have looked at what a fresh control room says of its boxes.
    radio.silence();
    await untilPast(placed.dueAt, 4_000);
    await room.startAgain();
    const states = (await room.desk.boxes()).map(({ presence }) => presence.state);
    radio.restore();
    expect(states).toEqual(["unknown", "unknown"]);
    await untilPast(placed.dueAt, (clipSeconds + 2) * 1_000);
    expect([...heardOf(steady, placed).keys()]).toEqual([...Array(clipSeconds).keys()]);
    for (const { id } of [steady, unlucky]) {
      await online(id);
      expect(await room.desk.receipt(placed.id, id, receiptLimitMs)).toMatchObject({ verdict: "heard" });
    }
  });

  it("of a box in the middle of a bulletin, it goes on where it was and repeats no second", async () => {
    const placed = await order("Mất điện cụm loa", longClip);
    await untilPast(placed.dueAt, 3_500);
    await unlucky.running().kill();
    await unlucky.startAgain();
    await untilPast(placed.dueAt, (longClipSeconds + 2) * 1_000);
    const heard = heardOf(unlucky, placed, longClipSeconds);
    const inOrder = [...heard.keys()];
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    expect(inOrder).toEqual(expect.arrayContaining([0, 1, longClipSeconds - 1]));
    expect(Math.max(...heard.values())).toBeLessThanOrEqual(longestSecondMs);
    const receipt = await room.desk.receipt(placed.id, unlucky.id, receiptLimitMs);
    expect(receipt).toMatchObject({ verdict: "partial", cause: "power-cut" });
    expect(await room.desk.receipt(placed.id, steady.id, receiptLimitMs)).toMatchObject({ verdict: "heard" });
  });

  it("of an amplifier under a bulletin, the fault is shown at once, and nobody claims it was heard", async () => {
    const placed = await order("Tăng âm chết giữa chừng");
    await untilPast(placed.dueAt, 2_000);
    unlucky.amplifier.setFault("dead");
    await room.desk.boxWhen("the amplifier's fault is shown", faultLimitMs, unlucky.id, (box) =>
      box.faults.some(({ kind, severity }) => kind === "amplifier-unreachable" && severity === "critical"),
    );
    const receipt = await room.desk.receipt(placed.id, unlucky.id, clipSeconds * 1_000 + receiptLimitMs);
    expect(receipt).toMatchObject({ verdict: "partial", cause: "amplifier-unreachable" });
  });

  it("of an amplifier before a bulletin, the receipt says missed, and why", async () => {
    const placed = await order("Tăng âm chết từ trước");
    const receipt = await room.desk.receipt(placed.id, unlucky.id, aheadMs + receiptLimitMs);
    expect(receipt).toMatchObject({ verdict: "missed", cause: "amplifier-unreachable" });
    unlucky.amplifier.setFault(null);
  });

  it("of the network, the boxes are shown as offline, and online again after it", async () => {
    await online(steady.id);
    radio.silence();
    await eventuallySo("every box is offline", offlineWithinMs, async () =>
      (await room.desk.boxes()).every(({ presence }) => presence.state === "offline"),
    );
    radio.restore();
    for (const { id } of [steady, unlucky]) await online(id);
  });

  it("of an amplifier and put back, its fault goes by itself", async () => {
    const isSo = "no fault is left";
    await room.desk.boxWhen(isSo, faultLimitMs, unlucky.id, ({ faults }) => faults.length === 0);
  });
});
