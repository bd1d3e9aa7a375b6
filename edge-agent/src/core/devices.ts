import type { Capability } from "@loa/shared/device/capability.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import { type DeviceAlias, ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { afterAmplifier, SILENCES_FOR_FAULT } from "./amplifier.ts";
import type { DeviceEvent } from "./event.ts";
import { type Moment, toWall } from "./moment.ts";
import type { Setup } from "./setup.ts";
import type {
  AgentState,
  AmplifierState,
  DeviceAlarm,
  DevicesState,
  DeviceTrouble,
  KnownDevice,
} from "./state.ts";

/** Alarms that are kept at once; a cabinet has at most 16 devices of a few alarms each. */
const MAX_ALARMS = 64;

export const NO_DEVICES: DevicesState = { known: new Map(), owners: new Map(), alarms: [] };

/** What a device reports, taken into what is known of it and of the amplifier. */
export function afterDevice(state: AgentState, event: DeviceEvent, moment: Moment): AgentState {
  const devices = withReport(state.devices, event, state.setup, moment);
  const amplifier = withReadings(state.amplifier, event, { before: state.devices, after: devices }, moment);
  return devices === state.devices && amplifier === state.amplifier
    ? state
    : { ...state, devices, amplifier };
}

/** Those whose profile has steps of this name. */
export function devicesWith({ known }: DevicesState, name: SequenceName): readonly DeviceAlias[] {
  return [...known].flatMap(([alias, { sequences }]) => (sequences.includes(name) ? [alias] : []));
}

/** Every point that is read or written anywhere in the cabinet, each once. */
export function pointsOf({ owners }: DevicesState): readonly Capability[] {
  return [...owners.keys()];
}

interface SilentDevice {
  readonly device: DeviceAlias;
  readonly since: Instant;
}
const NONE_SILENT: readonly SilentDevice[] = [];

/** Devices beside the amplifier that were silent often enough to be a fault, longest first. Asked at every event. */
export function silentBeside({ known }: DevicesState): readonly SilentDevice[] {
  let silent = NONE_SILENT;
  for (const [device, { isAmplifier, trouble }] of known)
    if (!isAmplifier && trouble !== null && trouble.times >= SILENCES_FOR_FAULT)
      silent = [...silent, { device, since: trouble.since }];
  return silent.length < 2 ? silent : [...silent].sort((a, b) => a.since - b.since);
}

function withReport(devices: DevicesState, event: DeviceEvent, setup: Setup, moment: Moment): DevicesState {
  const before = devices.known.get(event.device) ?? newDevice(setup, event.device);
  switch (event.kind) {
    case "device-identified": {
      const { capabilities, sequences } = event;
      const known = new Map(devices.known);
      known.set(event.device, { ...before, capabilities, sequences, trouble: null });
      return { ...devices, known, owners: ownersOf(known, setup) };
    }
    case "device-values":
      return withTrouble(withLook(devices, event, moment), event.device, before, null);
    case "device-written":
      return event.outcome === "verified" ? withTrouble(devices, event.device, before, null) : devices;
    case "device-unreachable": {
      const cause = event.reason === "wrong-identity" ? "amplifier-wrong-identity" : "amplifier-unreachable";
      const times = (before.trouble?.times ?? 0) + 1;
      const since = before.trouble?.since ?? toWall(moment, event.at);
      const unread = withWell(devices, (one) => (one.device === event.device ? null : one.wellSince));
      return withTrouble(unread, event.device, before, { cause, reason: event.reason, since, times });
    }
    case "device-alarm":
      return { ...devices, alarms: withAlarm(devices.alarms, event, moment) };
    case "device-ran":
    case "device-lease-ended":
      return devices;
  }
}

/** Who is not in the binding is judged by its name: the one device of a box without a binding is the amplifier. */
function newDevice(setup: Setup, alias: DeviceAlias): KnownDevice {
  const bound = setup.devices.find((one) => one.alias === alias);
  const isAmplifier = bound?.isAmplifier ?? alias === ONLY_DEVICE;
  return { isAmplifier, capabilities: null, sequences: [], trouble: null };
}

function withTrouble(
  devices: DevicesState,
  alias: DeviceAlias,
  before: KnownDevice,
  trouble: DeviceTrouble | null,
): DevicesState {
  if (before.trouble === trouble) return devices;
  return { ...devices, known: new Map(devices.known).set(alias, { ...before, trouble }) };
}

function ownersOf(known: DevicesState["known"], setup: Setup): DevicesState["owners"] {
  const owners = new Map<Capability, DeviceAlias>();
  const bound = setup.devices.map(({ alias }) => alias);
  for (const alias of new Set([...bound, ...known.keys()]))
    for (const point of known.get(alias)?.capabilities ?? [])
      if (!owners.has(point)) owners.set(point, alias);
  return owners;
}

function withAlarm(
  alarms: readonly DeviceAlarm[],
  event: Extract<DeviceEvent, { kind: "device-alarm" }>,
  moment: Moment,
): readonly DeviceAlarm[] {
  const { device, capability, fault, severity, value, threshold } = event;
  const isSame = (one: DeviceAlarm) =>
    one.device === device && one.capability === capability && one.fault === fault;
  const known = alarms.find(isSame);
  const others = alarms.filter((one) => !isSame(one));
  if (!event.isRaised) return others;
  const since = known?.since ?? toWall(moment, event.at);
  const wellSince = null;
  return [...others, { device, capability, fault, severity, since, wellSince, value, threshold }].slice(
    -MAX_ALARMS,
  );
}

/** Whether the points of standing alarms read well by now, as their own device says. */
function withLook(
  devices: DevicesState,
  { device, at, values }: Extract<DeviceEvent, { kind: "device-values" }>,
  moment: Moment,
): DevicesState {
  return withWell(devices, (alarm) => {
    const said = values.find(({ capability }) => capability === alarm.capability);
    if (alarm.device !== device || said === undefined) return alarm.wellSince;
    const isWell = said.quality === "good" && !isRaisedAt(alarm, said.value);
    return isWell ? (alarm.wellSince ?? toWall(moment, at)) : null;
  });
}

function isRaisedAt({ value, threshold }: DeviceAlarm, read: number): boolean {
  return threshold === null ? read === value : read > threshold === value > threshold;
}

function withWell(devices: DevicesState, wellSinceOf: (alarm: DeviceAlarm) => Instant | null): DevicesState {
  let isSame = true;
  const alarms = devices.alarms.map((alarm) => {
    const wellSince = wellSinceOf(alarm);
    if (wellSince === alarm.wellSince) return alarm;
    isSame = false;
    return { ...alarm, wellSince };
  });
  return isSame ? devices : { ...devices, alarms };
}

interface Change {
  readonly before: DevicesState;
  readonly after: DevicesState;
}

/** The amplifier is every device whose silence is the loudspeaker's; what was read of all devices stands together. */
function withReadings(
  amplifier: AmplifierState,
  event: DeviceEvent,
  { before, after }: Change,
  moment: Moment,
): AmplifierState {
  const next = afterAmplifier(amplifier, event, after, moment);
  if (after.known === before.known) return next;
  const trouble = worstTrouble(after.known);
  const capabilities =
    event.kind === "device-identified" ? amplifierPoints(after.known) : amplifier.capabilities;
  return { ...next, capabilities, trouble };
}

function amplifierPoints(known: DevicesState["known"]): readonly Capability[] | null {
  const amplifiers = [...known.values()].filter((one) => one.isAmplifier && one.capabilities !== null);
  return amplifiers.length === 0 ? null : [...new Set(amplifiers.flatMap((one) => one.capabilities ?? []))];
}

/** Of several devices that are the amplifier together the one that was silent most often speaks for all. */
function worstTrouble(known: DevicesState["known"]): DeviceTrouble | null {
  let worst: DeviceTrouble | null = null;
  for (const { isAmplifier, trouble } of known.values())
    if (isAmplifier && trouble !== null && trouble.times > (worst?.times ?? 0)) worst = trouble;
  return worst;
}
