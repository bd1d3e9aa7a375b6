import { approvalUrlOf } from "@loa/controller/approval-url.ts";
import { loadModbusProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { deviceSetup } from "@loa/edge-agent/devices/device-setup.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { type AreaId, areaId, type BoxId } from "@loa/shared/kernel/ids.ts";
import {
  asInstant,
  type Instant,
  type LocalDate,
  type LocalTime,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { enrolAnswer } from "@loa/shared/wire/enrolment.ts";
import { createOperator, type Operator } from "../operator.ts";
import { foundAreas, newClaim, PROVINCE_ID, type ProvincePlan, planProvince } from "../province-plan.ts";
import { type DemoTrust, makeTrust, siteAt, type TrustSurroundings } from "../trust/demo-trust.ts";
import { createSeededRandom, type SeededRandom } from "./random.ts";
import { createTrace, type Trace } from "./trace.ts";
import { createVirtualBox, type VirtualBox } from "./virtual-box.ts";
import { CONTROLLER_URL, createVirtualController, type VirtualController } from "./virtual-controller.ts";
import { keyPairFrom } from "./virtual-identity.ts";
import { createVirtualLog } from "./virtual-log.ts";
import { createVirtualNetwork, type VirtualNetwork } from "./virtual-network.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

/** A whole province on a virtual clock: the real controller and the real agents, with twins of every port. */
export interface VirtualWorld {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly network: VirtualNetwork;
  readonly controller: VirtualController;
  readonly operator: Operator;
  /** The holders of the offline root and the approvers: an emergency needs two persons beside who writes it. */
  readonly trust: DemoTrust;
  readonly boxes: readonly WorldBox[];
  readonly profile: ModbusProfile;
  /** Lets the world go on until the promise has answered: for requests that wait for virtual time. */
  drive<Value>(promise: Promise<Value>): Promise<Value>;
}

export interface WorldBox {
  readonly machine: VirtualBox;
  /** The village of its cluster, and all above it. */
  readonly areas: readonly AreaId[];
}

export interface WorldOptions {
  readonly seed: string;
  readonly boxes: number;
  readonly beginsAt: Instant;
}

const PROFILE_PATH = new URL("../../../hardware-profiles/loa-reference-amplifier.yaml", import.meta.url)
  .pathname;
const BUILT_AT = toInstant("2026-11-01" as LocalDate, "00:00:00" as LocalTime);
/** Real turns of the event loop that a request may take before virtual time must go on for it. */
const MAX_TURNS = 25;
const DRIVE_STEP_MS = 5;
/** Real time for work that no virtual time moves, much more than it takes. */
const PATIENCE_MS = 1_000;
/** A crystal whose rate a time server has corrected for a while. */
const DRIFT_PPM = 10;
/** Operators of the first start; the second one confirms what the first one asks. */
export const OPERATORS = [
  { name: "truong-dai", password: "virtual-password-1" },
  { name: "pho-dai", password: "virtual-password-2" },
] as const;

export async function createVirtualWorld(options: WorldOptions): Promise<VirtualWorld> {
  const random = createSeededRandom(options.seed);
  const time = createVirtualTime(options.beginsAt);
  const trace = createTrace();
  const network = createVirtualNetwork(
    time,
    random.stream("network"),
    createVirtualLog(time, trace, "network"),
  );
  network.overhear((direction, box, topic, payload) =>
    trace.noteMessage(time.now(), { direction, box, topic, payload }),
  );
  const firstStart = { root: { id: PROVINCE_ID, name: "Tỉnh Cam Lâm Hải" }, operators: OPERATORS };
  const controller = createVirtualController({
    time,
    trace,
    random: random.stream("controller"),
    network,
    firstStart,
  });
  const drive = async <Value>(promise: Promise<Value>): Promise<Value> => {
    while (!(await isAnsweredSoon(promise))) await time.runUntil(time.now() + DRIVE_STEP_MS);
    return promise;
  };
  await drive(controller.start());
  const operator = createOperator(CONTROLLER_URL, (request) => controller.fetch(request));
  await drive(operator.signIn(OPERATORS[0].name, OPERATORS[0].password));
  const plan = planProvince(options.boxes);
  await drive(foundAreas(operator, plan));
  const keys = random.stream("trust");
  const founded = makeTrust(surroundingsOf(controller), () => keyPairFrom(keys));
  // A passkey that is registered is checked by threads beside the loop: the virtual time waits for them.
  while (!(await isAnsweredWithin(founded, PATIENCE_MS))) await time.runUntil(time.now() + DRIVE_STEP_MS);
  const trust = await founded;
  const loaded = loadModbusProfile(PROFILE_PATH);
  if (!loaded.ok) throw new Error(loaded.error.join("\n"));
  const profile = loaded.value;
  const boxes: WorldBox[] = [];
  for (const [index, cluster] of plan.clusters.entries()) {
    const code = await drive(newClaim(operator, cluster, "simulated"));
    const { machine, areas } = await drive(newBox(index, code));
    boxes.push({ machine, areas });
    machine.boot({ wallIs1970: false });
  }

  async function newBox(index: number, claimCode: string): Promise<WorldBox> {
    const chance = random.stream(`box-${index}`);
    const key = keyPairFrom(chance.stream("key"));
    const answer = await operator.do("POST", "/api/v1/enrol", enrolAnswer, {
      claimCode,
      publicKey: key.publicKey,
    });
    const machine = createVirtualBox({
      time,
      trace,
      random: chance,
      network,
      download: controller.download(answer.box, answer.password),
      profile,
      config: {
        box: answer.box,
        version: "virtual",
        ...deviceSetup([{ alias: ONLY_DEVICE, profile }]),
        privateKey: key.privateKey,
        issuers: new Map(answer.issuers.map((one) => [one.issuer, one.publicKey as PublicKey])),
        rosters: answer.rosters ?? [],
        builtAt: BUILT_AT,
      },
      password: answer.password,
      driftPpm: chance.between(-DRIFT_PPM, DRIFT_PPM),
      hasBatteryClock: chance.chance(0.5),
    });
    return { machine, areas: lineageIn(plan, index) };
  }

  return { time, random, trace, network, controller, operator, trust, boxes, profile, drive };
}

function surroundingsOf(controller: VirtualController): TrustSurroundings {
  return {
    newOperator: () => createOperator(CONTROLLER_URL, (request) => controller.fetch(request)),
    admin: OPERATORS[0],
    province: PROVINCE_ID,
    site: siteAt(approvalUrlOf(CONTROLLER_URL)),
  };
}

/** Gives a request the turns that it needs without virtual time. */
export async function isAnsweredSoon(promise: Promise<unknown>): Promise<boolean> {
  let isAnswered = false;
  const note = () => {
    isAnswered = true;
  };
  promise.then(note, note);
  for (let turn = 0; turn < MAX_TURNS && !isAnswered; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return isAnswered;
}

/** The same for what is not done in turns of the event loop. */
async function isAnsweredWithin(promise: Promise<unknown>, realMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const impatient = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), realMs);
  });
  const answered = promise.then(
    () => true,
    () => true,
  );
  const isAnswered = await Promise.race([answered, impatient]);
  clearTimeout(timer);
  return isAnswered;
}

export function boxesIn(world: Pick<VirtualWorld, "boxes">, area: AreaId): readonly BoxId[] {
  return world.boxes.filter((one) => one.areas.includes(area)).map((one) => one.machine.id);
}

function lineageIn(plan: ProvincePlan, cluster: number): readonly AreaId[] {
  const lineage: AreaId[] = [];
  let next: string | null = plan.clusters[cluster]?.areaId ?? null;
  while (next !== null) {
    const id: string = next;
    lineage.push(areaId.parse(id));
    next = plan.areas.find((area) => area.id === id)?.parentId ?? null;
  }
  return lineage;
}

/** A Monday at midnight, local time. */
export const A_MONDAY = asInstant(toInstant("2026-11-30" as LocalDate, "00:00:00" as LocalTime));
