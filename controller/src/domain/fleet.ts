import type { Capability } from "@loa/shared/device/capability.ts";
import { type FaultKind, severityOf } from "@loa/shared/device/fault.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import {
  OFFLINE_AFTER_MS,
  type Presence,
  type Reported,
  type Status,
  SUSPECT_AFTER_MS,
} from "@loa/shared/wire/uplink.ts";
import type { BoxFault, PresenceState, ValueQuality } from "./box-row.ts";
import { type DeviceTold, devicesAfter } from "./devices-told.ts";
import { afterReady, type ReadinessTold } from "./readiness.ts";

/** What one box has told since the controller started. Presence, staleness and ages are computed on reading. */
export interface BoxKnown {
  readonly link: Link;
  readonly heardAt: Instant | null;
  readonly agentVersion: string | null;
  readonly reported: Reported | null;
  readonly onAir: { readonly occurrenceId: OccurrenceId; readonly since: Instant } | null;
  readonly devices: readonly DeviceTold[];
  /** When the box last told of its devices, in this run or in an earlier one. */
  readonly devicesAt: Instant | null;
  readonly faults: readonly BoxFault[];
  /** When the box last told its list of faults; null: never since the start, so the list says nothing. */
  readonly faultsAt: Instant | null;
  readonly values: ReadonlyMap<Capability, { readonly value: number | null; readonly at: Instant }>;
  readonly level: { readonly rms: number; readonly peak: number; readonly at: Instant } | null;
  readonly readiness: readonly ReadinessTold[];
}

/** `here`: it spoke, and nobody said that it left. Only the deadlines below make it suspect or offline. */
interface Link {
  readonly kind: "unheard" | "here" | "gone";
  readonly since: Instant;
  /** Number of the MQTT connection that counts; null until one is known. */
  readonly session: number | null;
  /** The session before it, whose last will may still be under way. */
  readonly replaced: number | null;
  /** The broker saw a new connection: its first word sets the session, even a lower number after a lost store. */
  readonly isNew: boolean;
}

export type BoxMessage =
  | { readonly kind: "connected" }
  | { readonly kind: "presence"; readonly body: Presence }
  | { readonly kind: "reported"; readonly body: Reported }
  | { readonly kind: "status"; readonly body: Status };

/** After the start of the controller every box is unknown until it is heard. */
export function unheard(since: Instant): BoxKnown {
  return {
    link: { kind: "unheard", since, session: null, replaced: null, isNew: false },
    heardAt: null,
    agentVersion: null,
    reported: null,
    onAir: null,
    devices: [],
    devicesAt: null,
    faults: [],
    faultsAt: null,
    values: new Map(),
    level: null,
    readiness: [],
  };
}

/** What is known after a message that came in at `now`. The same value comes back when it changes nothing. */
export function afterMessage(known: BoxKnown, message: BoxMessage, now: Instant): BoxKnown {
  switch (message.kind) {
    case "connected":
      return { ...known, link: { ...known.link, isNew: true } };
    case "presence":
      return afterPresence(known, message.body, now);
    case "reported": {
      const heard = afterWord(known, message.body.session, now);
      if (heard === null) return known;
      const devices = devicesAfter(known.devices, message.body.devices, now);
      return { ...heard, reported: message.body, devices, devicesAt: now };
    }
    case "status": {
      const heard = afterWord(known, message.body.n, now);
      return heard === null ? known : afterStatus(heard, message.body, now);
    }
  }
}

export interface PresenceNow {
  readonly state: PresenceState;
  readonly since: Instant;
}

/** The controller's own deadlines: a will can be lost over a restart of the broker, silence cannot. */
export function presenceAt(known: BoxKnown, now: Instant): PresenceNow {
  const { link, heardAt } = known;
  if (link.kind === "unheard" || heardAt === null) return { state: "unknown", since: link.since };
  if (link.kind === "gone") return { state: "offline", since: link.since };
  if (now >= heardAt + OFFLINE_AFTER_MS) return { state: "offline", since: plus(heardAt, OFFLINE_AFTER_MS) };
  if (now >= heardAt + SUSPECT_AFTER_MS) return { state: "suspect", since: plus(heardAt, SUSPECT_AFTER_MS) };
  return { state: "online", since: link.since };
}

/** When silence alone will change the presence; null when it cannot. */
export function nextDeadline(known: BoxKnown, now: Instant): Instant | null {
  if (known.link.kind !== "here" || known.heardAt === null) return null;
  const suspectAt = plus(known.heardAt, SUSPECT_AFTER_MS);
  if (now < suspectAt) return suspectAt;
  const offlineAt = plus(known.heardAt, OFFLINE_AFTER_MS);
  return now < offlineAt ? offlineAt : null;
}

/** Whether the box can be believed to be doing what it last said. */
export function isInTouch(state: PresenceState): boolean {
  return state === "online" || state === "suspect";
}

/** A live message names the box's own time; where that is far from ours its clock is wrong and ours counts. */
const believedClockErrorMs = 2 * MINUTE_MS;

export function believedAt(told: Instant, now: Instant): Instant {
  return Math.abs(told - now) <= believedClockErrorMs ? told : now;
}

function afterPresence(known: BoxKnown, { session, online, version }: Presence, now: Instant): BoxKnown {
  const { link } = known;
  if (!online) {
    // The broker saw a new connection, so this is the will of the one before.
    if (link.isNew) return known;
    if (session === link.replaced || (link.session !== null && session < link.session)) return known;
    const since = link.kind === "gone" ? link.since : now;
    return {
      ...known,
      heardAt: now,
      link: { ...link, kind: "gone", since, session, isNew: false },
      onAir: null,
      level: null,
    };
  }
  if (!link.isNew && link.session !== null && session < link.session) return known;
  const heard = here(known, session, now);
  return { ...heard, agentVersion: version };
}

/** Null for the word of a session that is over. */
function afterWord(known: BoxKnown, session: number, now: Instant): BoxKnown | null {
  const { link } = known;
  if (link.session !== null && session < link.session) return null;
  if (session === link.session && link.kind === "gone") return null;
  return here(known, session, now);
}

function here(known: BoxKnown, session: number, now: Instant): BoxKnown {
  const { link } = known;
  const wasHere = link.kind === "here" && presenceAt(known, now).state !== "offline";
  const isSame = session === link.session;
  if (wasHere && isSame && !link.isNew) return { ...known, heardAt: now };
  return {
    ...known,
    heardAt: now,
    link: {
      kind: "here",
      since: wasHere ? link.since : now,
      session,
      replaced: isSame ? link.replaced : link.session,
      isNew: false,
    },
  };
}

function afterStatus(known: BoxKnown, status: Status, now: Instant): BoxKnown {
  switch (status.k) {
    case "h":
      // A lost «nothing is on air any more» must not stay on the page. A box that sounds always says so.
      return status.o !== 1 && known.onAir !== null ? { ...known, onAir: null, level: null } : known;
    case "air":
      if (status.id === null) return { ...known, onAir: null, level: null };
      if (known.onAir?.occurrenceId === status.id) return known;
      return { ...known, onAir: { occurrenceId: status.id, since: believedAt(status.at, now) } };
    case "fault":
      return {
        ...known,
        faults: status.faults.map(({ c, s, p, v, t, w }) => ({
          kind: c,
          severity: w ?? severityOf[c],
          since: sinceOf(known, c, s, now),
          point: p ?? null,
          value: v ?? null,
          threshold: t ?? null,
        })),
        faultsAt: now,
      };
    case "sample": {
      const values = new Map(known.values);
      const at = believedAt(status.at, now);
      for (const [capability, value] of samplesOf(status)) values.set(capability, { value, at });
      return { ...known, values };
    }
    case "ready":
      return { ...known, readiness: afterReady(known.readiness, status, believedAt(status.at, now)) };
    case "use":
      return known;
    case "level":
      // Neither kept nor sent again, and shown for seconds only: a clock that is believed may be off by more.
      return { ...known, level: { rms: status.rms, peak: status.peak, at: now } };
  }
}

/** Values that are older than this are shown as old, ms. A box sends every value at least every 15 minutes. */
export const VALUE_STALE_MS = 20 * MINUTE_MS;

export function qualityOf(
  { value, at }: { readonly value: number | null; readonly at: Instant },
  now: Instant,
): ValueQuality {
  if (value === null) return "invalid";
  return now - at > VALUE_STALE_MS ? "stale" : "good";
}

export function samplesOf(
  status: Extract<Status, { k: "sample" }>,
): readonly (readonly [Capability, number | null])[] {
  const samples: [Capability, number | null][] = [];
  for (const [name, value] of Object.entries(status.v)) {
    if (value !== undefined) samples.push([name as Capability, value]);
  }
  return samples;
}

/**
 * Whether a sample tells a graph anything: a value holds until the next one, and boxes repeat all of theirs every quarter
 * of an hour. The first one of an hour is kept, so that no graph has to look back further for its start.
 */
export function isWorthKeeping(
  before: BoxKnown["values"],
  capability: Capability,
  value: number | null,
  at: Instant,
): boolean {
  const last = before.get(capability);
  const isSame = last !== undefined && last.value === value;
  return !isSame || Math.floor(last.at / HOUR_MS) !== Math.floor(at / HOUR_MS);
}

/** 2020-01-01: a box that dates a fault before has no clock yet. */
const earliestFault = 1_577_836_800_000;

function sinceOf(known: BoxKnown, kind: FaultKind, told: Instant, now: Instant): Instant {
  if (told >= earliestFault && told <= now + believedClockErrorMs) return told;
  return known.faults.find((one) => one.kind === kind)?.since ?? now;
}
