import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import { type Instant, plus } from "@loa/shared/kernel/time.ts";
import type { DeviceEvent } from "./event.ts";
import type { AmplifierState, DevicesState, Looks, Reading, Readings } from "./state.ts";

/** What was read, and when. */
export type Known = Pick<AmplifierState, "actual" | "looks">;

export const NOTHING_READ: Known = { actual: {}, looks: { readAt: [], sizes: [], repeats: [] } };
/** Kinds of rounds of an idle device; more of them are looked through point by point. */
const MAX_REPEATS = 4;

/** When it was read last; null: never. */
export function readAtOf({ actual, looks }: Known, point: Capability): Instant | null {
  const reading = actual[point];
  return reading === undefined ? null : (looks.readAt[reading.round] ?? null);
}

export function readPoints(actual: Readings): readonly Capability[] {
  return Object.keys(actual) as Capability[];
}

/** What this device said takes the place of what was read before; who is not the owner of a point says nothing of it. */
export function afterValues(
  before: Known,
  event: Extract<DeviceEvent, { kind: "device-values" }>,
  devices: DevicesState,
  at: Instant,
): Known {
  const { device, values } = event;
  const { actual, looks } = before;
  const repeated = looksRepeated(looks, event, at);
  if (repeated !== null) return { actual, looks: repeated };
  const own = devices.known.size <= 1 ? values : values.filter((one) => isOwner(one, event, devices));
  const rounds = roundsRepeated(before, own);
  if (rounds === null) return withValues(before, own, at);
  const repeats = [...looks.repeats, { device, values, rounds }].slice(-MAX_REPEATS);
  return { actual, looks: younger({ ...looks, repeats }, rounds, at) };
}

/** After an answer that has said the same before, by reference; null: this one has not. */
export function looksRepeated(
  looks: Looks,
  { device, values }: Extract<DeviceEvent, { kind: "device-values" }>,
  at: Instant,
): Looks | null {
  for (const repeat of looks.repeats)
    if (repeat.values === values && repeat.device === device) return younger(looks, repeat.rounds, at);
  return null;
}

/** One point was read by itself; null: it could not be, so it is not known any more. */
export function afterPoint(before: Known, point: Capability, value: number | null, at: Instant): Known {
  if (value !== null) return withValues(before, [{ capability: point, quality: "good", value }], at);
  return keeping(before, (one) => one !== point);
}

/** What was read of this device is not known any more: who comes back may have been switched off meanwhile. */
export function afterSilence(before: Known, device: DeviceAlias, { owners }: DevicesState): Known {
  return keeping(before, (point) => {
    const owner = owners.get(point);
    return owner !== undefined && owner !== device;
  });
}

/** All of them, taken so much later. */
export function looksMoved(looks: Looks, byMs: number): Looks {
  return { ...looks, readAt: looks.readAt.map((at) => plus(at, byMs)) };
}

function isOwner({ capability }: PointValue, { device }: DeviceEvent, { owners }: DevicesState): boolean {
  return (owners.get(capability) ?? device) === device;
}

function younger(looks: Looks, rounds: readonly number[], at: Instant): Looks {
  const readAt = [...looks.readAt];
  for (const round of rounds) readAt[round] = at;
  return { ...looks, readAt };
}

/** The rounds of which all points were read again, each as it was; null: something else was read. */
function roundsRepeated({ actual, looks }: Known, values: readonly PointValue[]): readonly number[] | null {
  const seen = looks.sizes.map(() => 0);
  for (const one of values) {
    const known = actual[one.capability];
    if (known === undefined || known.value !== valueIn(one)) return null;
    seen[known.round] = (seen[known.round] ?? 0) + 1;
  }
  const rounds: number[] = [];
  for (const [round, count] of seen.entries()) {
    if (count === 0) continue;
    if (count !== looks.sizes[round]) return null;
    rounds.push(round);
  }
  return rounds;
}

/** All of them, each point named once, become one round, which takes the place of one that has no point left. */
function withValues(before: Known, values: readonly PointValue[], at: Instant): Known {
  const actual: Partial<Record<Capability, Reading>> = { ...before.actual };
  const sizes = [...before.looks.sizes];
  for (const { capability } of values) {
    const known = actual[capability];
    if (known !== undefined) sizes[known.round] = (sizes[known.round] ?? 0) - 1;
  }
  const free = sizes.indexOf(0);
  const round = free < 0 ? sizes.length : free;
  for (const one of values) actual[one.capability] = { value: valueIn(one), round };
  sizes[round] = values.length;
  const readAt = [...before.looks.readAt];
  readAt[round] = at;
  return { actual, looks: { readAt, sizes, repeats: [] } };
}

function keeping({ actual, looks }: Known, isKept: (point: Capability) => boolean): Known {
  const kept: Partial<Record<Capability, Reading>> = {};
  const sizes = looks.sizes.map(() => 0);
  for (const point of readPoints(actual)) {
    const reading = actual[point];
    if (reading === undefined || !isKept(point)) continue;
    kept[point] = reading;
    sizes[reading.round] = (sizes[reading.round] ?? 0) + 1;
  }
  return { actual: kept, looks: { ...looks, sizes, repeats: [] } };
}

function valueIn(one: PointValue): number | null {
  return one.quality === "good" ? one.value : null;
}
