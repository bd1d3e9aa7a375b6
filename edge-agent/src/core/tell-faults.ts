import type { FaultKind } from "@loa/shared/device/fault.ts";
import { severityOf } from "@loa/shared/device/fault.ts";
import { MINUTE_MS, type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Status } from "@loa/shared/wire/uplink.ts";
import { sortedFaults } from "./faults.ts";
import { mayBeSaid, type PaceLimits, saidNow } from "./pace.ts";
import { rounded } from "./sample-units.ts";
import type { Health, StandingFault } from "./state.ts";
import type { ToldFaults } from "./told.ts";

type ToldFault = Extract<Status, { k: "fault" }>["faults"][number];

/** What is left of a status message of 400 bytes beside session, time and names. */
const FAULT_ROOM_BYTES = 330;
/**
 * A fault that comes and goes fills no list after the other; one that is new waits for nothing. The longest wait and a
 * look at the point are together below the 100 s in which every fault is shown.
 */
const PACE: PaceLimits = { firstMs: 5 * SECOND_MS, mostMs: MINUTE_MS };

export const NO_FAULTS_TOLD: ToldFaults = { kinds: null, paces: new Map(), isWaiting: false };

/** Whether the list is to be said now, and what is known of it afterwards. The same value: nothing turned. */
export function lookAtFaults(
  { faults }: Health,
  told: ToldFaults,
  mono: MonotonicMs,
): { readonly isDue: boolean; readonly told: ToldFaults } {
  const turned = turnedKinds(faults, told.kinds ?? new Set());
  if (told.kinds !== null && turned.length === 0)
    return { isDue: false, told: told.isWaiting ? { ...told, isWaiting: false } : told };
  const isDue = told.kinds === null || turned.some((kind) => mayBeSaid(told.paces.get(kind), mono));
  if (!isDue) return { isDue, told: told.isWaiting ? told : { ...told, isWaiting: true } };
  const paces = new Map(told.paces);
  for (const kind of turned) paces.set(kind, saidNow(paces.get(kind), PACE, mono));
  return { isDue, told: { kinds: new Set(faults.keys()), paces, isWaiting: false } };
}

function turnedKinds(faults: Health["faults"], told: ReadonlySet<FaultKind>): readonly FaultKind[] {
  const raised = [...faults.keys()].filter((kind) => !told.has(kind));
  return [...raised, ...[...told].filter((kind) => !faults.has(kind))];
}

/** As many as fit, the worst first; then what raised them, as far as there is room for it. */
export function faultsToTell({ faults }: Health): ToldFault[] {
  let room = FAULT_ROOM_BYTES;
  const fit = sortedFaults(faults).filter(([kind, fault]) => {
    room -= sizeOf(bare(kind, fault));
    return room >= 0;
  });
  room = FAULT_ROOM_BYTES - fit.reduce((sum, [kind, fault]) => sum + sizeOf(bare(kind, fault)), 0);
  return fit.map(([kind, fault]) => {
    const short = bare(kind, fault);
    const long = withEvidence(short, fault);
    const more = sizeOf(long) - sizeOf(short);
    if (more > room) return short;
    room -= more;
    return long;
  });
}

function bare(kind: FaultKind, { since, severity }: StandingFault): ToldFault {
  return { c: kind, s: since, ...(severity === severityOf[kind] ? {} : { w: severity }) };
}

function withEvidence(told: ToldFault, { evidence }: StandingFault): ToldFault {
  if (evidence === null) return told;
  const { point, value, threshold } = evidence;
  return { ...told, p: point, v: rounded(point, value), ...(threshold === null ? {} : { t: threshold }) };
}

function sizeOf(one: ToldFault): number {
  return JSON.stringify(one).length + 1;
}
