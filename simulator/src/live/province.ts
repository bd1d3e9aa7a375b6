import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import { approvalUrlOf } from "@loa/controller/approval-url.ts";
import { type ControlRoom, makeFolder, openControlRoom } from "@loa/controller/control-room.ts";
import { enrol, readIdentity } from "@loa/edge-agent/adapters/identity-store.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { claimCode } from "@loa/shared/wire/enrolment.ts";
import { createOperator, type Operator } from "../operator.ts";
import { foundAreas, newClaim, PROVINCE_ID, planProvince } from "../province-plan.ts";
import { type DemoTrust, siteAt } from "../trust/demo-trust.ts";
import { bringDemoContent } from "./demo.ts";
import { lastPortOfDemo } from "./demo-relay.ts";
import { createDoor } from "./door.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import type { BoxTrouble, LiveBoxSpec } from "./live-box-spec.ts";
import { type Radio, startRadio } from "./radio.ts";
import { openSignIn, type SignIn } from "./sign-in.ts";
import type { SimBox } from "./sim-routes.ts";
import { openTrustFile } from "./trust-file.ts";

export interface ProvinceOptions {
  readonly dataFolder: string;
  /** 0 takes a free one. */
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly boxes: number;
  readonly seed: number;
  /** What the amplifiers of all boxes are built and driven by. */
  readonly profilePath: string;
  /** A few boxes with something wrong. */
  readonly hasTroubles: boolean;
  /** Melodies, a station that is relayed, and schedules, so that something is nearly always heard. */
  readonly hasDemo: boolean;
  readonly boxesPerProcess: number;
  readonly builds: "web" | "nothing";
  readonly log: Log;
  /** For the processes of the boxes: pino's names. */
  readonly logLevel: string;
}

/** A running live province. */
export interface Province {
  readonly url: string;
  /** Where passkeys work: by the name of the loopback. */
  readonly pageUrl: string;
  readonly mqttUrl: string;
  readonly user: string;
  readonly password: string;
  /** A second person at the console, who may approve with an own passkey. */
  readonly second: { readonly name: string; readonly password: string };
  /** Persons whose part the demo plays: they approve with keys in software when asked to. */
  readonly approvers: readonly string[];
  readonly boxes: readonly BoxId[];
  /** Raw 16-bit mono PCM at 48 kHz of what the loudspeaker of a box plays from now on. */
  listenPcm(box: BoxId, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** What was heard in the last minute, and the wall time of the first sample. */
  lastPcm(box: BoxId): Promise<{ readonly samples: Int16Array; readonly firstSampleAt: number }>;
  /** The process that runs a box, for `kill -9`; it is started again by itself. */
  pidOf(box: BoxId): number | null;
  /** The control room dies without a word to the boxes and is started again on the same ports. */
  restartControlRoom(): Promise<void>;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const PROVINCE_NAME = "Tỉnh Cam Lâm Hải";
/** Which of the boxes have which trouble, by number from 0. */
const troubles: Readonly<Record<number, BoxTrouble>> = {
  3: "dead-amplifier",
  7: "no-network",
  10: "wrong-clock",
};
/** The box without a network gets its plan first, so that the page shows how it goes silent. */
const CUT_AFTER_MS = 30_000;

/** Brings up the controller and the boxes; answers when all of them run. */
export async function startProvince(options: ProvinceOptions): Promise<Province> {
  const { dataFolder, log } = options;
  await makeFolder(dataFolder);
  const signIn = await openSignIn(join(dataFolder, "sign-in.json"));
  const [webFolder, ffmpeg] = await Promise.all([
    options.builds === "web" ? ensureWebBuilt() : null,
    findFfmpeg({ env: process.env, from: import.meta.url }),
  ]);
  if (!ffmpeg.ok) throw new Error(`ffmpeg was not found: ${ffmpeg.error.tried.join("; ")}`);
  let fleet: Fleet | null = null;
  let radio: Radio | null = null;
  let trust: DemoTrust | null = null;
  const simBoxes = new Map<BoxId, SimBox>();
  let room: ControlRoom = await openRoom(options.httpPort, options.mqttPort);
  const origin = () => `http://${HOST}:${room.httpPort}`;
  try {
    const operator = createOperator(origin(), (request) => fetch(request));
    await operator.signIn(signIn.operators[0].name, signIn.operators[0].password);
    trust = await armProvince(dataFolder, signIn, room);
    const specs = await enrolBoxes(options, operator, room);
    fleet = await startFleet({
      boxes: specs,
      boxesPerProcess: options.boxesPerProcess,
      profilePath: options.profilePath,
      ffmpegPath: ffmpeg.value.path,
      logLevel: options.logLevel,
    });
    describeBoxes(specs, simBoxes);
    if (options.hasDemo) {
      radio = await startRadio(ffmpeg.value.path, await lastPortOfDemo(operator));
      await bringDemoContent(operator, nodeClock.now(), radio.url);
    }
  } catch (error) {
    await Promise.all([fleet?.close(), radio?.close(), room.close()]);
    throw error;
  }
  const running = fleet;
  const cut = setTimeout(() => cutNetworks(simBoxes, running), CUT_AFTER_MS);

  function openRoom(httpPort: number, mqttPort: number): Promise<ControlRoom> {
    const door = createDoor({
      controller: (request) => room.fetch(request, {}),
      origin: () => `http://${HOST}:${room.httpPort}`,
      soundOf: (what, box, signal) => fleet?.sound(what, box, signal) ?? null,
      sim: {
        boxes: simBoxes,
        tell: (box, order) => fleet?.tell(box, order),
        radio: () => radio,
        trust: () => trust,
      },
      monotonicMs: nodeClock.monotonic,
    });
    return openControlRoom({
      host: HOST,
      httpPort,
      mqttPort,
      dataFolder: join(dataFolder, "controller"),
      webFolder,
      publicUrl: null,
      publicMqttUrl: null,
      mqttTls: null,
      metricsToken: null,
      firstStart: { root: { id: PROVINCE_ID, name: PROVINCE_NAME }, operators: signIn.operators },
      log,
      before: door,
    });
  }

  async function sound(what: "live" | "last", box: BoxId, signal: AbortSignal): Promise<Response> {
    const answer = await running.sound(what, box, signal);
    if (answer === null || !answer.ok) throw new Error(`no sound of ${box}`);
    return answer;
  }

  return {
    url: origin(),
    pageUrl: pageOf(room),
    mqttUrl: `mqtt://${HOST}:${room.mqttPort}`,
    user: signIn.operators[0].name,
    password: signIn.operators[0].password,
    second: signIn.operators[1],
    approvers: trust.approvers.map((one) => one.name),
    boxes: running.boxes,
    async listenPcm(box, signal) {
      const { body } = await sound("live", box, signal);
      if (body === null) throw new Error(`no sound of ${box}`);
      return body;
    },
    async lastPcm(box) {
      const answer = await sound("last", box, new AbortController().signal);
      const samples = new Int16Array(await answer.arrayBuffer());
      return { samples, firstSampleAt: Number(answer.headers.get("x-first-sample-at")) };
    },
    pidOf: (box) => running.pidOf(box),
    async restartControlRoom() {
      const { httpPort, mqttPort } = room;
      await room.close();
      room = await openRoom(httpPort, mqttPort);
    },
    async close() {
      clearTimeout(cut);
      await Promise.all([running.close(), radio?.close(), room.close()]);
    },
  };
}

/** From now on two persons of the demo must approve what a third one writes. */
function armProvince(dataFolder: string, { operators }: SignIn, room: ControlRoom): Promise<DemoTrust> {
  const origin = `http://${HOST}:${room.httpPort}`;
  return openTrustFile(join(dataFolder, "trust.json"), {
    newOperator: () => createOperator(origin, (request) => fetch(request)),
    admin: operators[0],
    province: PROVINCE_ID,
    site: siteAt(approvalUrlOf(pageOf(room))),
  });
}

/** By its name: passkeys know no addresses. */
function pageOf(room: ControlRoom): string {
  return `http://localhost:${room.httpPort}`;
}

/** Every box that is not there yet gets a cluster, a claim code, and enrols with it. */
async function enrolBoxes(
  { dataFolder, boxes, seed, hasTroubles }: ProvinceOptions,
  operator: Operator,
  room: ControlRoom,
): Promise<readonly LiveBoxSpec[]> {
  const plan = planProvince(boxes);
  await foundAreas(operator, plan);
  const specs: LiveBoxSpec[] = [];
  for (const [index, cluster] of plan.clusters.entries()) {
    const folder = join(dataFolder, "boxes", String(index + 1).padStart(4, "0"));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (readIdentity(folder) === null) {
      const code = claimCode.parse(await newClaim(operator, cluster, "simulated"));
      const enrolled = await enrol(folder, `http://${HOST}:${room.httpPort}`, code);
      if (!enrolled.ok) throw new Error(`a box could not enrol: ${enrolled.error}`);
    }
    const trouble = hasTroubles ? (troubles[index] ?? "none") : "none";
    specs.push({ folder, trouble, seed: seed + index, mqttPort: room.mqttPort, httpPort: room.httpPort });
  }
  return specs;
}

function describeBoxes(specs: readonly LiveBoxSpec[], simBoxes: Map<BoxId, SimBox>): void {
  for (const { folder, trouble } of specs) {
    const box = readIdentity(folder)?.box;
    if (box === undefined) continue;
    const faults = trouble === "dead-amplifier" ? (["dead"] as const) : [];
    simBoxes.set(box, {
      boxId: box,
      trouble,
      fault: faults[0] ?? null,
      faults,
      isNetworkUp: true,
      isPowerOn: true,
    });
  }
}

function cutNetworks(simBoxes: ReadonlyMap<BoxId, SimBox>, fleet: Fleet): void {
  for (const box of simBoxes.values()) {
    if (box.trouble !== "no-network") continue;
    box.isNetworkUp = false;
    fleet.tell(box.boxId, { kind: "network", box: box.boxId, isUp: false });
  }
}
