import { DAY_MS, HOUR_MS, type Instant } from "@loa/shared/kernel/time.ts";

/** Why two machines seem to carry the same card. */
export type CloneSign =
  /** It spoke from one machine, then from another, then from the first again. */
  | { readonly kind: "two-machines"; readonly machines: readonly [string, string] }
  /** The numbers of its connections go back and forth: each copy counts its own. */
  | { readonly kind: "two-counts"; readonly sessions: readonly [number, number] }
  /** Somebody has renewed a certificate that was renewed before, with another key. */
  | { readonly kind: "two-renewals" };

/** What is remembered of the connections of one box. */
export interface Meetings {
  readonly session: number;
  readonly machine: string | null;
  /** Machines that it spoke from before this one, and when it last did. */
  readonly earlier: ReadonlyMap<string, Instant>;
  /** When its count went back, and whether it has risen since. */
  readonly stepsBack: readonly Instant[];
  readonly hasRisen: boolean;
}

export interface Meeting {
  readonly session: number;
  /** Null: the box does not say. */
  readonly machine: string | null;
}

/** A card that is moved into a new board for good never comes back to the old one. */
const MACHINE_MEMORY_MS = 30 * DAY_MS;
const MAX_MACHINES = 4;
/** A store that was put back makes one step back, a box that cannot write one at each start; two copies make many. */
const STEPS_BACK = 3;
const STEP_MEMORY_MS = HOUR_MS;

/** After one more connection of a box; the sign is told each time that it is seen. */
export function afterMeeting(
  before: Meetings | null,
  { session, machine }: Meeting,
  now: Instant,
): { readonly meetings: Meetings; readonly sign: CloneSign | null } {
  if (before === null) {
    return { meetings: { session, machine, earlier: new Map(), stepsBack: [], hasRisen: true }, sign: null };
  }
  const isBack = session <= before.session;
  const kept = before.stepsBack.filter((at) => now - at < STEP_MEMORY_MS);
  // Equal numbers one after the other are a box that forgets them; only up and down again counts.
  const stepsBack = isBack && before.hasRisen ? [...kept, now].slice(-STEPS_BACK) : kept;
  const meetings: Meetings = {
    session,
    machine: machine ?? before.machine,
    earlier: earlierAfter(before, machine, now),
    stepsBack,
    hasRisen: !isBack,
  };
  return { meetings, sign: machineSign(before, machine, now) ?? countSign(before, meetings, isBack) };
}

function earlierAfter(
  { machine: last, earlier }: Meetings,
  machine: string | null,
  now: Instant,
): ReadonlyMap<string, Instant> {
  if (machine === null || last === null || machine === last) return earlier;
  const recent = [...earlier].filter(([one, at]) => one !== last && now - at < MACHINE_MEMORY_MS);
  return new Map([...recent.slice(-(MAX_MACHINES - 1)), [last, now]]);
}

function machineSign(before: Meetings, machine: string | null, now: Instant): CloneSign | null {
  if (machine === null || before.machine === null || machine === before.machine) return null;
  const seenAt = before.earlier.get(machine);
  if (seenAt === undefined || now - seenAt >= MACHINE_MEMORY_MS) return null;
  return { kind: "two-machines", machines: [before.machine, machine] };
}

function countSign(before: Meetings, after: Meetings, isBack: boolean): CloneSign | null {
  if (!isBack || after.stepsBack.length < STEPS_BACK) return null;
  return { kind: "two-counts", sessions: [before.session, after.session] };
}
