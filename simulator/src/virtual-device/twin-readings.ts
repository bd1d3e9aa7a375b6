import {
  type AlarmBook,
  type AlarmChange,
  alarmsOf,
  nextTurn,
  quietBook,
  stepAlarms,
} from "@loa/shared/device/alarm-book.ts";
import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import { firstLeaseEnd, type Leases, noLeases, stepLease } from "@loa/shared/device/lease.ts";
import { isReadable } from "@loa/shared/device/profile.ts";
import type { ModbusPoint, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { PollClass } from "@loa/shared/device/profile-parts.ts";
import { decodePoint } from "@loa/shared/device/registers.ts";
import { isWatched } from "@loa/shared/device/watch.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { Readings } from "./panel.ts";
import { shownWords } from "./register-file.ts";
import type { VirtualDevice } from "./virtual-device.ts";

/** What the twin reads of its device, and what that means: alarms that turn, leases that run. */
export interface TwinReadings {
  /** All points of these classes; the same array while the device shows the same. */
  round(classes: readonly PollClass[]): readonly PointValue[];
  /** Points that are faults. */
  watched(): readonly PointValue[];
  /** Null: this point can only be written. */
  look(capability: Capability): PointValue | null;
  /** Answers which alarms this look has turned. */
  note(values: readonly PointValue[], at: MonotonicMs): readonly AlarmChange[];
  /** Those that say something else than what was told last. */
  untold(values: readonly PointValue[]): readonly PointValue[];
  told(values: readonly PointValue[]): void;
  /** The alarm that wants another look first, and the lease that ends first; each may be put off. */
  turn(): ReturnType<typeof nextTurn>;
  leaseEnd(): ReturnType<typeof firstLeaseEnd>;
  turnNotBefore(at: MonotonicMs): void;
  leaseNotBefore(at: MonotonicMs): void;
}

/** What a round of some classes reads, and how that read the last time. */
interface Round {
  readonly points: readonly ModbusPoint[];
  /** What the device showed when the values were made of it, when they were noted, and when they were told. */
  readings: Readings | null;
  notedOf: Readings | null;
  toldOf: Readings | null;
  values: readonly PointValue[];
}

const classBits: Readonly<Record<PollClass, number>> = { fast: 1, normal: 2, slow: 4 };
/** More than there are kinds of idle rounds: only while it sounds, where each shows something else, they become more. */
const MAX_TOLD_ROUNDS = 8;
const nothingTurned: readonly AlarmChange[] = [];

export function createTwinReadings(device: VirtualDevice<ModbusProfile>): TwinReadings {
  const { profile } = device;
  const alarms = alarmsOf(profile);
  const watchedPoints = profile.points.filter(isWatched);
  const shownBefore = new Map<ModbusPoint, { readonly value: number | null; readonly shown: PointValue }>();
  /** By the classes of a round: an idle device shows the same for hours, and has the same readings, by reference. */
  const rounds: (Round | undefined)[] = [];
  let book: AlarmBook = quietBook;
  let leases: Leases = noLeases;
  let lease: ReturnType<typeof firstLeaseEnd> = null;
  let turn: ReturnType<typeof nextTurn> = null;
  let turnAt = asMonotonic(0);
  let leaseAt = asMonotonic(0);
  /** The round that was read last. */
  let latest: Round | null = null;
  const lastTold = new Map<Capability, PointValue>();
  /** Rounds that were told and are not in `lastTold` yet: nobody asks for it while nothing happens. */
  const toldRounds = new Set<readonly PointValue[]>();

  function remember(): void {
    for (const values of toldRounds) for (const value of values) lastTold.set(value.capability, value);
    toldRounds.clear();
  }

  /** Through the register and back, so that the twin has no finer numbers than the wire. */
  function shown(point: ModbusPoint, values: Readings): PointValue {
    const value = values[point.capability] ?? null;
    const before = shownBefore.get(point);
    if (before !== undefined && before.value === value) return before.shown;
    const now = decodePoint(point, shownWords(point, value));
    shownBefore.set(point, { value, shown: now });
    return now;
  }

  function roundOf(classes: readonly PollClass[]): Round {
    let index = 0;
    for (const poll of classes) index += classBits[poll];
    const known = rounds[index];
    if (known !== undefined) return known;
    const points = profile.points.filter((point) => isReadable(point) && classes.includes(point.poll));
    const round: Round = { points, readings: null, notedOf: null, toldOf: null, values: [] };
    rounds[index] = round;
    return round;
  }

  /** While the device shows the same, what was done with its values need not be done again. */
  function roundWith(values: readonly PointValue[]): Round | null {
    return latest?.values === values ? latest : null;
  }

  return {
    round(classes) {
      const round = roundOf(classes);
      latest = round;
      const readings = device.snapshot().values;
      if (round.readings !== readings) {
        round.readings = readings;
        const values = round.points.map((point) => shown(point, readings));
        if (values.some((value, place) => value !== round.values[place])) round.values = values;
      }
      return round.values;
    },
    watched() {
      const readings = device.snapshot().values;
      return watchedPoints.map((point) => shown(point, readings));
    },
    look(capability) {
      const point = profile.points.find((one) => one.capability === capability);
      return point === undefined || !isReadable(point) ? null : shown(point, device.snapshot().values);
    },
    note(values, at) {
      const round = roundWith(values);
      // The same readings turn nothing that is not turning already.
      if (round !== null && round.notedOf === round.readings && turn === null) return nothingTurned;
      if (round !== null) round.notedOf = round.readings;
      const before = leases;
      if (profile.lease.length > 0)
        for (const reading of values) {
          const value = reading.quality === "good" ? reading.value : null;
          leases = stepLease(leases, profile.lease, { capability: reading.capability, value }, at);
        }
      if (leases !== before) lease = firstLeaseEnd(leases, profile.lease);
      const stepped = stepAlarms(alarms, book, values, at);
      if (stepped.book === book) return nothingTurned;
      book = stepped.book;
      turn = nextTurn(alarms, book);
      return stepped.changes;
    },
    untold(values) {
      remember();
      return values.filter((value) => !isSame(lastTold.get(value.capability), value));
    },
    told(values) {
      const round = roundWith(values);
      if (round !== null && round.toldOf === round.readings) return;
      if (round !== null) round.toldOf = round.readings;
      toldRounds.delete(values);
      toldRounds.add(values);
      if (toldRounds.size > MAX_TOLD_ROUNDS) remember();
    },
    turn: () => (turn === null || turn.at >= turnAt ? turn : { ...turn, at: turnAt }),
    leaseEnd: () => (lease === null || lease.endsAt >= leaseAt ? lease : { ...lease, endsAt: leaseAt }),
    turnNotBefore(at) {
      turnAt = at;
    },
    leaseNotBefore(at) {
      leaseAt = at;
    },
  };
}

function isSame(before: PointValue | undefined, after: PointValue): boolean {
  if (before === undefined || before.quality !== after.quality) return false;
  return before.quality === "invalid" || after.quality === "invalid" || before.value === after.value;
}
