import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { enrol } from "@loa/edge-agent/adapters/identity-store.ts";
import type { AreaId, BoxId } from "@loa/shared/kernel/ids.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { claimCode } from "@loa/shared/wire/enrolment.ts";
import { type Fleet, startFleet } from "@loa/simulator/live/fleet.ts";
import type { LiveBoxSpec } from "@loa/simulator/live/live-box-spec.ts";
import type { DemoTrust } from "@loa/simulator/trust/demo-trust.ts";
import { profilePath } from "../support/box-process.ts";
import { type ControlRoomProcess, startControlRoomProcess } from "../support/control-room-process.ts";
import type { Desk } from "../support/desk.ts";
import { eventuallySo } from "../support/eventually.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { armed } from "./raise-approved.ts";
import type { HeardPcm } from "./trust-loudspeaker.ts";

/** A control room in its own process, and live boxes (real agents, recorded loudspeakers) in a few others. */
export interface TrustFleet {
  readonly desk: Desk;
  /** Who approves. */
  readonly trust: DemoTrust;
  readonly area: AreaId;
  readonly boxes: readonly BoxId[];
  /** What the loudspeaker of a box gave in the last minute, on the wall clock. */
  heard(box: BoxId): Promise<HeardPcm>;
  close(): Promise<void>;
}

export interface TrustFleetOptions {
  readonly boxes: number;
  /** The port of the loopback behind which the boxes find the broker. */
  readonly mqttPortFor: (brokerPort: number) => Promise<number>;
}

const BOXES_PER_PROCESS = 6;
const READY_LIMIT_MS = 120_000;
/** A dozen boxes that start at once on two cores are busy with themselves for some seconds more. */
const SETTLED_MS = 15_000;

export async function openTrustFleet(options: TrustFleetOptions): Promise<TrustFleet> {
  const folder = await temporaryFolder();
  const room = await startControlRoomProcess({ dataFolder: join(folder.path, "room") });
  let fleet: Fleet | null = null;
  const close = async () => {
    await fleet?.close();
    await room.running().stop();
    await folder.remove();
  };
  try {
    await room.desk.liftRules(room.root);
    const trust = await armed(room);
    const mqttPort = await options.mqttPortFor(room.mqttPort);
    const specs = await enrolled(room, folder.path, options.boxes, mqttPort);
    const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
    if (!ffmpeg.ok) throw new Error(`needs ffmpeg: ${ffmpeg.error.tried.join("; ")}`);
    const ffmpegPath = ffmpeg.value.path;
    const how = { boxesPerProcess: BOXES_PER_PROCESS, profilePath, ffmpegPath, logLevel: "error" };
    const started = await startFleet({ boxes: specs, ...how });
    fleet = started;
    await ready(room.desk, options.boxes);
    return {
      desk: room.desk,
      trust,
      area: room.root,
      boxes: started.boxes,
      heard: (box) => heardAt(started, box),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function enrolled(
  room: ControlRoomProcess,
  folder: string,
  boxes: number,
  mqttPort: number,
): Promise<readonly LiveBoxSpec[]> {
  const httpPort = Number(new URL(room.origin).port);
  const specs: LiveBoxSpec[] = [];
  for (let seed = 1; seed <= boxes; seed += 1) {
    const own = join(folder, `box-${seed}`);
    await mkdir(own, { mode: 0o700 });
    const code = claimCode.parse(await room.claim(room.root, `Cụm loa ${seed}`));
    const made = await enrol(own, room.origin, code);
    if (!made.ok) throw new Error(`a box could not enrol: ${made.error}`);
    specs.push({ folder: own, trouble: "none", seed, mqttPort, httpPort });
  }
  return specs;
}

async function ready(desk: Desk, boxes: number): Promise<void> {
  await eventuallySo("every box is there and has looked at itself", READY_LIMIT_MS, async () => {
    const seen = await desk.boxes();
    const isUp = seen.filter(
      ({ presence, readiness }) => presence.state === "online" && readiness.state !== "unknown",
    );
    return isUp.length === boxes;
  });
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
}

async function heardAt(fleet: Fleet, box: BoxId): Promise<HeardPcm> {
  const answer = await fleet.sound("last", box, new AbortController().signal);
  if (answer === null || !answer.ok) throw new Error(`no sound of ${box}`);
  const samples = new Int16Array(await answer.arrayBuffer());
  return { samples, firstSampleAt: Number(answer.headers.get("x-first-sample-at")) };
}
