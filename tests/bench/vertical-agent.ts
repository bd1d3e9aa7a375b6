import { join } from "node:path";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { heartbeat } from "@loa/shared/wire/uplink.ts";
import { testBulletin } from "../golden-ear/test-bulletin.ts";
import { type BoxProcess, startBoxProcess } from "../support/box-process.ts";
import { type ControlRoomProcess, startControlRoomProcess } from "../support/control-room-process.ts";
import { untilPast } from "../support/desk.ts";
import { childrenOf } from "../support/own-process.ts";
import { splitFrames, typeOf } from "../support/raw-mqtt.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { cpuSeconds, descendantsOf, residentMb } from "./process-figures.ts";

/** Two heartbeats fall into it, whatever they draw. */
const measuredMs = 45_000;
const clipMs = 60_000;
const lookEveryMs = 500;
const readyLimitMs = 60_000;

/** One box as it is installed: the real agent in its own process, started the second time, while it plays. */
export async function bench(): Promise<BenchRow[]> {
  await using folder = await temporaryFolder();
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) throw new Error(`needs ffmpeg: ${ffmpeg.error.tried.join("; ")}`);
  const cables: TcpProxy[] = [];
  const room = await startControlRoomProcess({
    dataFolder: join(folder.path, "room"),
    async publicMqttUrl(mqttPort) {
      const cable = await startTcpProxy(mqttPort);
      cables.push(cable);
      return `mqtt://127.0.0.1:${cable.port}`;
    },
  });
  const box = await startBoxProcess({
    folder: join(folder.path, "box"),
    controllerUrl: room.origin,
    claimCode: await room.claim(room.root, "Cụm loa 1"),
    env: { NODE_COMPILE_CACHE: join(folder.path, "compiled") },
  });
  try {
    await online(room, box);
    await box.running().stop();
    await box.startAgain();
    await online(room, box);
    const clip = await testBulletin(ffmpeg.value.path, folder.path, clipMs);
    return await measure(room, box, clip.bytes, cables);
  } finally {
    await box.close();
    await room.running().stop();
    for (const cable of cables) await cable.close();
  }
}

async function online(room: ControlRoomProcess, box: BoxProcess): Promise<void> {
  await room.desk.boxWhen("the box is online", readyLimitMs, box.id, (it) => it.presence.state === "online");
}

async function measure(
  { desk, root }: ControlRoomProcess,
  box: BoxProcess,
  bytes: Uint8Array,
  cables: readonly TcpProxy[],
): Promise<BenchRow[]> {
  const { pid } = box.running();
  const clip = await desk.operator.upload("bench.mp3", bytes);
  const { dueAt } = await desk.playOnce({ title: "Đo", areas: [root], clip, aheadMs: 10_000 });
  await untilPast(dueAt, 2_000);
  const from = { at: performance.now(), own: cpuSeconds(pid), sound: cpuSecondsBelow(pid) };
  let mostMb = 0;
  let mostSoundMb = 0;
  while (performance.now() < from.at + measuredMs) {
    mostMb = Math.max(mostMb, residentMb(pid));
    // The engine that plays and its spare are the agent's only children.
    mostSoundMb = Math.max(mostSoundMb, ...childrenOf(pid).map(residentMb));
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const seconds = (performance.now() - from.at) / 1_000;
  const own = cpuSeconds(pid) - from.own;
  const sound = cpuSecondsBelow(pid) - from.sound;
  const beats = heartbeatsIn(cables);
  if (beats.length === 0) throw new Error("no heartbeat was heard");
  return [
    atMost(`heartbeat, largest of ${beats.length}`, Math.max(...beats), "bytes", 60),
    atMost("agent while playing, resident", mostMb, "MB", 110),
    atMost("agent while playing", (100 * own) / seconds, "% of a core", 5),
    atMost("sound process while playing, resident", mostSoundMb, "MB", 90),
    atMost("sound process, its spare and their decoders", (100 * sound) / seconds, "% of a core", 5),
  ];
}

/** Processor time of everything that the agent has started and that still runs, s. */
function cpuSecondsBelow(pid: number): number {
  return descendantsOf(pid).reduce((sum, one) => sum + cpuSeconds(one), 0);
}

/** Payload sizes of all heartbeats that went through these lines. */
function heartbeatsIn(cables: readonly TcpProxy[]): readonly number[] {
  const published = cables
    .flatMap((cable) => splitFrames(cable.sent()))
    .filter(({ type, firstByte }) => type === typeOf.publish && (firstByte & 0x06) === 0);
  return published
    .map(({ body }) => body.subarray(2 + body.readUInt16BE(0)))
    .filter((payload) => heartbeat.safeParse(parsed(payload)).success)
    .map((payload) => payload.length);
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return null;
  }
}
