import type { SoundFailure, StoreFailure } from "@loa/edge-agent/ports.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type DeviceFault, deviceFaults } from "../virtual-device/device-fault.ts";
import type { SeededRandom } from "./random.ts";
import type { ContentTrouble } from "./virtual-content.ts";
import type { Cut } from "./virtual-link.ts";

/** Everything that can go wrong in the virtual world: one closed list. Times are world time, ms. */
export type WorldFault = { readonly at: number; readonly forMs: number } & (BoxFault | CentreFault);

export type BoxFault = { readonly box: BoxId } & (
  | { readonly kind: "power-cut" }
  /** At the next commit that notes an occurrence: before it is durable, or right after. */
  | { readonly kind: "power-cut-at-commit"; readonly moment: "before" | "after" }
  | {
      readonly kind: "bad-link";
      readonly lossRate: number;
      readonly doubleRate: number;
      readonly lateRate: number;
    }
  | { readonly kind: "partition"; readonly cut: Exclude<Cut, "none"> }
  /** The box starts anew without a battery clock and without a time server. */
  | { readonly kind: "clock-1970" }
  | { readonly kind: "clock-jump"; readonly byMs: number }
  | { readonly kind: "disk"; readonly failure: StoreFailure }
  | { readonly kind: "amplifier"; readonly fault: DeviceFault }
  | { readonly kind: "content"; readonly trouble: ContentTrouble }
  | { readonly kind: "player"; readonly failure: SoundFailure }
  /** No stream gives anything. */
  | { readonly kind: "relays-lost" }
);

export type CentreFault =
  | { readonly kind: "broker-restart" }
  /** The process dies at once and starts again after `forMs`. */
  | { readonly kind: "controller-kill" };

export interface FaultDraw {
  readonly boxes: readonly BoxId[];
  /** Faults begin and end inside of this. */
  readonly from: number;
  readonly to: number;
}

/** About one fault a box and day, and one of the centre a day. */
export function drawFaults(random: SeededRandom, draw: FaultDraw): readonly WorldFault[] {
  const days = (draw.to - draw.from) / DAY_MS;
  const faults: WorldFault[] = [];
  for (const box of draw.boxes) {
    const ofBox = random.stream(box);
    for (let count = howMany(ofBox, days); count > 0; count -= 1) {
      faults.push({ ...when(ofBox, draw, ofBox.pick(boxSpans)), box, ...ofBox.pick(boxKinds)(ofBox) });
    }
  }
  const ofCentre = random.stream("centre");
  for (let count = howMany(ofCentre, days); count > 0; count -= 1) {
    const kind = ofCentre.pick(["broker-restart", "controller-kill"] as const);
    const forMs = kind === "broker-restart" ? 0 : ofCentre.between(2 * SECOND_MS, 10 * MINUTE_MS);
    faults.push({ ...when(ofCentre, draw, [forMs, forMs]), kind });
  }
  return faults.sort((a, b) => a.at - b.at);
}

export function describeFault(fault: WorldFault): string {
  const { at, forMs, kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${name}=${shown(value)}`);
  return `day ${(at / DAY_MS).toFixed(3)} for ${(forMs / MINUTE_MS).toFixed(1)} min: ${[kind, ...details].join(" ")}`;
}

function shown(value: string | number): string {
  return typeof value === "number" ? `${Math.round(value * 100) / 100}` : value;
}

/** Mostly minutes, at times hours, seldom days. */
const boxSpans: readonly (readonly [number, number])[] = [
  [5 * SECOND_MS, 5 * MINUTE_MS],
  [5 * SECOND_MS, 5 * MINUTE_MS],
  [5 * MINUTE_MS, HOUR_MS],
  [5 * MINUTE_MS, HOUR_MS],
  [HOUR_MS, 12 * HOUR_MS],
  [12 * HOUR_MS, 3 * DAY_MS],
];

type Drawn = BoxFault extends infer Fault ? (Fault extends unknown ? Omit<Fault, "box"> : never) : never;

const boxKinds: readonly ((random: SeededRandom) => Drawn)[] = [
  () => ({ kind: "power-cut" }),
  (random) => ({ kind: "power-cut-at-commit", moment: random.pick(["before", "after"] as const) }),
  (random) => ({
    kind: "bad-link",
    lossRate: random.between(0, 0.3),
    doubleRate: random.between(0, 0.2),
    lateRate: random.between(0, 0.2),
  }),
  (random) => ({ kind: "partition", cut: random.pick(["up", "down", "both", "both"] as const) }),
  () => ({ kind: "clock-1970" }),
  (random) => ({
    kind: "clock-jump",
    byMs: random.pick([-1, 1]) * random.pick([MINUTE_MS, HOUR_MS, DAY_MS, 365 * DAY_MS]),
  }),
  (random) => ({
    kind: "disk",
    failure: random.pick(["disk-full", "disk-full", "read-only", "io"] as const),
  }),
  (random) => ({
    kind: "amplifier",
    fault: random.pick(deviceFaults),
  }),
  (random) => ({ kind: "content", trouble: random.pick(["unreachable", "corrupt", "truncated"] as const) }),
  (random) => ({
    kind: "player",
    failure: random.pick(["decoder-died", "decoder-hung", "sink-failed", "truncated"] as const),
  }),
  () => ({ kind: "relays-lost" }),
];

/** About one a day. */
function howMany(random: SeededRandom, days: number): number {
  return random.integer(Math.floor(days / 2), Math.ceil(days * 1.5));
}

/** Half of the faults come around the morning session, where they hurt. */
function when(
  random: SeededRandom,
  { from, to }: FaultDraw,
  [shortest, longest]: readonly [number, number],
): { readonly at: number; readonly forMs: number } {
  const forMs = Math.min(random.between(shortest, longest), (to - from) / 2);
  const anywhere = random.between(from, to - forMs);
  const midnight = Math.floor(anywhere / DAY_MS) * DAY_MS;
  const aroundFive = midnight + 5 * HOUR_MS + random.between(-10 * MINUTE_MS, 15 * MINUTE_MS);
  const at = random.chance(0.5) ? aroundFive : anywhere;
  return { at: Math.min(Math.max(at, from), to - forMs), forMs };
}
