import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { areaTopic, boxTopic, rosterTopic, toBox } from "@loa/shared/wire/topics.ts";
import { HEARTBEAT_MAX_MS, HEARTBEAT_MIN_MS, type Presence } from "@loa/shared/wire/uplink.ts";
import { type Effect, put } from "./effect.ts";
import type { AgentEvent } from "./event.ts";
import { heartbeatOf } from "./heartbeat.ts";
import { type Moment, sooner } from "./moment.ts";
import { eventKey } from "./outbox.ts";
import { leftAreas, plannedAreas } from "./own-areas.ts";
import type { AgentState, LinkState } from "./state.ts";
import { NOTHING_TOLD, saidAnew, sayChanges } from "./telling.ts";

/** Full jitter: a wait drawn from [0, ceiling), the ceiling doubling from the first to the last. */
const BACK_OFF_FIRST_MS = 2 * SECOND_MS;
const BACK_OFF_MOST_MS = 2 * MINUTE_MS;
/** Events on their way at once; the rest waits for the controller's word. */
const EVENTS_IN_FLIGHT = 20;
const EVENT_RESEND_MS = 20 * SECOND_MS;
/** QoS 0 may be lost: everything is said anew this often. */
const REFRESH_MS = 15 * MINUTE_MS;
const NO_AREAS: readonly AreaId[] = [];

export const NO_LINK: LinkState = {
  phase: "down",
  areas: NO_AREAS,
  isPartial: false,
  failures: 0,
  connectAt: null,
  connectedMono: null,
  nonce: null,
  heartbeatAt: null,
  refreshAt: null,
  sent: new Set(),
  resendAt: null,
  told: NOTHING_TOLD,
};

export interface UplinkStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

export function afterConnected(
  state: AgentState,
  { nonce, isPartial = false }: Extract<AgentEvent, { kind: "connected" }>,
  { now, mono, chance }: Moment,
): UplinkStep {
  const { setup, memory } = state;
  const told: Presence = {
    session: memory.session,
    online: true,
    nonce,
    version: setup.version,
    ...machineOf(setup),
  };
  const link: LinkState = {
    ...NO_LINK,
    phase: "up",
    areas: state.link.areas,
    isPartial,
    connectedMono: mono,
    nonce,
    heartbeatAt: nextHeartbeat(now, chance),
    refreshAt: plus(now, REFRESH_MS),
  };
  const message = toBox(setup.box, "presence", JSON.stringify(told));
  return { state: { ...state, link }, effects: [{ kind: "publish", message }], lookAgainAt: null };
}

function machineOf({ machine }: AgentState["setup"]): Pick<Presence, "machine"> {
  return machine === undefined ? {} : { machine };
}

/** What the last will would have said. */
export function absence({ setup, memory }: AgentState): Effect {
  const told: Presence = { session: memory.session, online: false, nonce: "", version: setup.version };
  return { kind: "publish", message: toBox(setup.box, "presence", JSON.stringify(told)) };
}

export function afterDisconnected(state: AgentState, { now, chance }: Moment): AgentState {
  const failures = state.link.failures + 1;
  const ceilingMs = Math.min(BACK_OFF_MOST_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(failures, 10));
  return { ...state, link: { ...NO_LINK, failures, connectAt: plus(now, 200 + chance * ceilingMs) } };
}

/** Says what changed and what is due, at its own pace. */
export function runUplink(state: AgentState, moment: Moment): UplinkStep {
  switch (state.link.phase) {
    case "down":
      return connectWhenDue(state, moment);
    case "connecting":
      return { state, effects: [], lookAgainAt: null };
    case "up":
      return say(state, moment);
  }
}

function connectWhenDue(state: AgentState, { now }: Moment): UplinkStep {
  const { connectAt } = state.link;
  if (connectAt !== null && now < connectAt) return { state, effects: [], lookAgainAt: connectAt };
  const session = state.memory.session + 1;
  const next: AgentState = {
    ...state,
    memory: { ...state.memory, session },
    link: { ...state.link, phase: "connecting", connectAt: null, areas: areasOf(state) },
  };
  const { box } = state.setup;
  const subscribe = [boxTopic(box, "plan"), boxTopic(box, "command")];
  // A box that was off while its commune was merged into another one asks for areas that are not its own any more; what
  // its areas are now it learns by its plan.
  const also = [rosterTopic, ...areasOf(state).map(areaTopic)];
  const perhaps = leftAreas(state.memory, now).map(areaTopic);
  return {
    state: next,
    effects: [
      { kind: "commit", onFailure: "keep", changes: [put("meta", "session", session)] },
      { kind: "connect", session, subscribe, also, perhaps },
    ],
    lookAgainAt: null,
  };
}

function hasMoved(state: AgentState): boolean {
  const areas = areasOf(state);
  const { areas: asked } = state.link;
  return (
    areas !== asked && (areas.length !== asked.length || areas.some((area, index) => area !== asked[index]))
  );
}

/** The area of the box and all above it: a STOP for any of them comes on that area's own topic. */
function areasOf(state: AgentState): readonly AreaId[] {
  return plannedAreas(state.memory);
}

/** What sounds goes on: only the connection is another one. */
export function comeAnew(state: AgentState, { now, chance }: Moment): UplinkStep {
  const connectAt = plus(now, chance * BACK_OFF_FIRST_MS);
  return {
    state: { ...state, link: { ...NO_LINK, connectAt } },
    effects: [{ kind: "disconnect" }],
    lookAgainAt: connectAt,
  };
}

function say(state: AgentState, moment: Moment): UplinkStep {
  const { now } = moment;
  // A plan that puts the box into other areas is heard on other topics: they are asked for with a new connection.
  if (hasMoved(state)) return comeAnew(state, moment);
  const isRefresh = state.link.refreshAt !== null && now >= state.link.refreshAt;
  // Where a time server contradicts it, signed time is asked for again: one of the two may have been put right.
  if (isRefresh && (state.link.isPartial || state.time.isDisputed)) return comeAnew(state, moment);
  const begun: AgentState = isRefresh
    ? { ...state, link: { ...state.link, refreshAt: plus(now, REFRESH_MS), told: saidAnew(state.link.told) } }
    : state;
  const effects: Effect[] = [];
  let link = begun.link;
  link = sayChanges(begun, link, moment, effects);
  link = sayHeartbeat(begun, link, moment, effects);
  link = sayEvents(begun, link, moment, effects);
  const next = sooner(sooner(link.heartbeatAt, link.refreshAt), link.resendAt);
  return { state: link === begun.link ? begun : { ...begun, link }, effects, lookAgainAt: next };
}

function sayHeartbeat(
  state: AgentState,
  link: LinkState,
  { now, chance }: Moment,
  effects: Effect[],
): LinkState {
  if (link.heartbeatAt === null || now < link.heartbeatAt) return link;
  const { effect, told: beat } = heartbeatOf(state, now);
  effects.push(effect);
  const told = beat === link.told.beat ? link.told : { ...link.told, beat };
  return { ...link, heartbeatAt: nextHeartbeat(now, chance), told };
}

function sayEvents(state: AgentState, link: LinkState, { now }: Moment, effects: Effect[]): LinkState {
  const { events } = state.memory;
  if (events.length === 0) return link.resendAt === null ? link : { ...link, resendAt: null };
  const isResend = link.resendAt !== null && now >= link.resendAt;
  const window = events.slice(0, EVENTS_IN_FLIGHT).filter((one) => isResend || !link.sent.has(eventKey(one)));
  if (window.length === 0) return link;
  for (const body of window) effects.push({ kind: "publish-event", body });
  const sent = new Set(events.slice(0, EVENTS_IN_FLIGHT).map(eventKey));
  return { ...link, sent, resendAt: plus(now, EVENT_RESEND_MS) };
}

function nextHeartbeat(now: Instant, chance: number): Instant {
  return plus(now, HEARTBEAT_MIN_MS + chance * (HEARTBEAT_MAX_MS - HEARTBEAT_MIN_MS));
}
