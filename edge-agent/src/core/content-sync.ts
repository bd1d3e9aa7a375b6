import { clipOf } from "@loa/shared/broadcast/air-item.ts";
import type { Clip, Manifest } from "@loa/shared/broadcast/content.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Effect } from "./effect.ts";
import { emergencyClips } from "./emergencies.ts";
import type { AgentEvent } from "./event.ts";
import type { Memory } from "./memory.ts";
import { type Moment, sooner } from "./moment.ts";
import type { AgentState, ContentState } from "./state.ts";

export const NO_CONTENT: ContentState = {
  present: new Set(),
  clips: null,
  clipsOf: null,
  reading: null,
  bad: new Map(),
  revision: 0,
  fetching: null,
  retryAt: null,
  failures: 0,
  lastFailure: null,
  urgent: new Map(),
};

const RETRY_FIRST_MS = 5 * SECOND_MS;
const RETRY_MOST_MS = 5 * MINUTE_MS;
/** The clip of an emergency is asked for again this often. */
const RETRY_URGENT_MS = 15 * SECOND_MS;
/** A fetch without an answer is taken as lost: larger than the adapter's own limit for one file. */
const ANSWER_WITHIN_MS = 30 * MINUTE_MS;
/** What is wrong with one file and says nothing of the others, which need not wait for it. */
const NOT_A_MANIFEST = "not-a-manifest";
const faultsOfFile: readonly string[] = ["not-found", "wrong-hash", "wrong-size", NOT_A_MANIFEST];

export function afterContent(
  content: ContentState,
  event: Extract<AgentEvent, { kind: "fetched" | "fetch-failed" | "manifest" }>,
  moment: Moment,
): ContentState {
  switch (event.kind) {
    case "fetched":
      return afterFetched(content, event.sha256);
    case "fetch-failed":
      return afterFetchFailed(content, event.sha256, event.reason, moment);
    case "manifest":
      return afterManifest(content, event.sha256, event.manifest, moment);
  }
}

function afterFetched(content: ContentState, sha256: Sha256): ContentState {
  // Only looked at again, and whole.
  if (content.fetching !== sha256 && content.present.has(sha256) && !content.urgent.has(sha256))
    return content;
  const present = new Set(content.present).add(sha256);
  const bad = new Map(content.bad);
  // A manifest that was none the last time has to be read before its coming is good news.
  const isDoubtful = content.lastFailure === NOT_A_MANIFEST && bad.delete(sha256);
  const cured = isDoubtful ? {} : { failures: 0, lastFailure: null };
  bad.delete(sha256);
  // A clip of an emergency came beside the others: what was being fetched still is.
  const isBeside = content.fetching !== sha256 && content.urgent.has(sha256);
  const waits = isBeside ? {} : { fetching: null, retryAt: null, ...cured };
  return { ...content, present, bad, urgent: without(content.urgent, sha256), ...waits };
}

/** Full jitter between the first wait and twice as much at every failure, up to five minutes. */
function afterFetchFailed(
  content: ContentState,
  sha256: Sha256,
  reason: string,
  { now, chance }: Moment,
): ContentState {
  if (content.fetching !== sha256 && content.present.has(sha256)) return withoutFile(content, sha256);
  if (content.fetching !== sha256 && content.urgent.has(sha256)) {
    return { ...content, urgent: new Map(content.urgent).set(sha256, plus(now, RETRY_URGENT_MS)) };
  }
  const failures = content.failures + 1;
  const ceilingMs = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 10));
  const againAt = plus(now, RETRY_FIRST_MS + chance * (ceilingMs - RETRY_FIRST_MS));
  const failed = { ...content, fetching: null, failures, lastFailure: reason };
  if (!faultsOfFile.includes(reason)) return { ...failed, retryAt: againAt };
  return { ...failed, retryAt: null, bad: new Map(content.bad).set(sha256, againAt) };
}

/** It was whole and is not any more: it is fetched again like any other that is missing. */
function withoutFile(content: ContentState, sha256: Sha256): ContentState {
  const present = new Set(content.present);
  present.delete(sha256);
  return { ...content, present };
}

/** Null: its bytes are what the plan names, and yet it is no manifest. It is asked for again, but not at once. */
function afterManifest(
  content: ContentState,
  sha256: Sha256,
  manifest: Manifest | null,
  moment: Moment,
): ContentState {
  if (manifest === null) {
    const present = new Set(content.present);
    present.delete(sha256);
    return afterFetchFailed({ ...content, present, reading: null }, sha256, NOT_A_MANIFEST, moment);
  }
  const clips = new Map(manifest.clips.map((clip) => [clip.sha256, clip]));
  const cured = content.lastFailure === NOT_A_MANIFEST ? { failures: 0, lastFailure: null } : {};
  return { ...content, clips, clipsOf: sha256, reading: null, ...cured };
}

export interface ContentStep {
  readonly content: ContentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/** Content that lacks nothing and has nothing too much, with the plans for which that was found: most looks find the same. */
const complete = new WeakMap<ContentState, Pick<Memory, "plan" | "lastGood">>();

/** What an emergency says first, and beside everything else; then what the plan wants. */
export function syncContent(state: AgentState, moment: Moment): ContentStep {
  const { content, memory } = state;
  const clips = emergencyClips(state, moment.now);
  const known = clips.length === 0 ? complete.get(content) : undefined;
  if (known !== undefined && known.plan === memory.plan && known.lastGood === memory.lastGood)
    return { content, effects: [], lookAgainAt: null };
  const urgent = fetchUrgent(content, clips, moment);
  const planned = syncPlan({ ...state, content: urgent.content }, clips, moment);
  const effects = [...urgent.effects, ...planned.effects];
  const lookAgainAt = sooner(urgent.lookAgainAt, planned.lookAgainAt);
  const isComplete = planned.content === content && effects.length === 0 && lookAgainAt === null;
  if (clips.length === 0 && isComplete) complete.set(content, memory);
  return { content: planned.content, effects, lookAgainAt };
}

function fetchUrgent(content: ContentState, clips: readonly Clip[], { now }: Moment): ContentStep {
  const missing = clips.filter(({ sha256 }) => !content.present.has(sha256));
  if (missing.length === 0) {
    const isClean = content.urgent.size === 0;
    return { content: isClean ? content : { ...content, urgent: new Map() }, effects: [], lookAgainAt: null };
  }
  const due = missing.filter(({ sha256 }) => now >= (content.urgent.get(sha256) ?? now));
  const urgent = new Map(content.urgent);
  for (const { sha256 } of due) urgent.set(sha256, plus(now, ANSWER_WITHIN_MS));
  const lookAgainAt = [...urgent.values()].reduce<Instant | null>(sooner, null);
  const effects = due.map(({ sha256, sizeBytes }): Effect => ({ kind: "fetch", sha256, sizeBytes }));
  return { content: due.length === 0 ? content : { ...content, urgent }, effects, lookAgainAt };
}

function without(urgent: ContentState["urgent"], sha256: Sha256): ContentState["urgent"] {
  if (!urgent.has(sha256)) return urgent;
  return new Map([...urgent].filter(([known]) => known !== sha256));
}

/** The next file to get, the manifest before its clips; and what no plan wants any more goes. */
function syncPlan(state: AgentState, raised: readonly Clip[], { now }: Moment): ContentStep {
  const { plan, lastGood } = state.memory;
  if (plan === null) return { content: state.content, effects: [], lookAgainAt: null };
  let content = withoutOldWaits(state.content, plan);
  const effects: Effect[] = [];
  const isRead = content.clipsOf === plan.manifest || content.reading === plan.manifest;
  if (!isRead && content.present.has(plan.manifest)) {
    // The loudness of the old manifest's clips stays known meanwhile.
    content = { ...content, reading: plan.manifest };
    effects.push({ kind: "read-manifest", sha256: plan.manifest });
  }
  const removal = removeUnwanted(content, plan, lastGood, raised);
  content = removal.content;
  effects.push(...removal.effects);
  if (content.retryAt !== null && now < content.retryAt)
    return { content, effects, lookAgainAt: content.retryAt };
  const missing = missingFiles(content, plan);
  const next = missing.find((one) => now >= (content.bad.get(one.sha256) ?? now));
  if (next === undefined) {
    const lookAgainAt = missing.reduce<Instant | null>(
      (first, one) => sooner(first, content.bad.get(one.sha256) ?? null),
      null,
    );
    return { content: withoutFetch(content), effects, lookAgainAt };
  }
  const retryAt = plus(now, ANSWER_WITHIN_MS);
  effects.push({ kind: "fetch", ...next });
  return { content: { ...content, fetching: next.sha256, retryAt }, effects, lookAgainAt: retryAt };
}

/** A new plan does not wait for what the old one could not get. */
function withoutOldWaits(content: ContentState, plan: Plan): ContentState {
  if (content.revision === plan.revision) return content;
  const retryAt = content.fetching === null ? null : content.retryAt;
  return { ...content, revision: plan.revision, bad: new Map(), failures: 0, retryAt };
}

function withoutFetch(content: ContentState): ContentState {
  const isIdle = content.fetching === null && content.retryAt === null;
  return isIdle ? content : { ...content, fetching: null, retryAt: null };
}

type WantedFile = { readonly sha256: Sha256; readonly sizeBytes: number | null };

function missingFiles(content: ContentState, plan: Plan): readonly WantedFile[] {
  if (!content.present.has(plan.manifest)) return [{ sha256: plan.manifest, sizeBytes: null }];
  if (content.clipsOf !== plan.manifest) return [];
  const missing: WantedFile[] = [];
  for (const clip of content.clips?.values() ?? []) if (!content.present.has(clip.sha256)) missing.push(clip);
  return missing;
}

/**
 * Only when the new manifest is known and whole on the disk: until then the old clips may still be needed. On a full
 * disk at once, or the old ones would keep the new ones out for ever.
 */
function removeUnwanted(
  content: ContentState,
  plan: Plan,
  lastGood: Plan | null,
  raised: readonly Clip[],
): { content: ContentState; effects: readonly Effect[] } {
  const { clips } = content;
  if (clips === null || content.clipsOf !== plan.manifest) return { content, effects: [] };
  if (content.lastFailure !== "disk-full" && !isWhole(content, clips)) return { content, effects: [] };
  const strange: Sha256[] = [];
  for (const sha256 of content.present)
    if (sha256 !== plan.manifest && !clips.has(sha256)) strange.push(sha256);
  if (strange.length === 0) return { content, effects: [] };
  const keep = new Set<Sha256>([...clipsOf(plan), ...raised.map((clip) => clip.sha256)]);
  if (lastGood !== null) for (const sha256 of [lastGood.manifest, ...clipsOf(lastGood)]) keep.add(sha256);
  const gone = strange.filter((sha256) => !keep.has(sha256));
  if (gone.length === 0) return { content, effects: [] };
  const present = new Set(content.present);
  for (const sha256 of gone) present.delete(sha256);
  return { content: { ...content, present }, effects: gone.map((sha256) => ({ kind: "remove", sha256 })) };
}

function isWhole({ present }: ContentState, clips: NonNullable<ContentState["clips"]>): boolean {
  for (const sha256 of clips.keys()) if (!present.has(sha256)) return false;
  return true;
}

function clipsOf(plan: Plan): readonly Sha256[] {
  const clips = plan.schedules.flatMap((schedule) => schedule.items.map(clipOf));
  return [...clips, plan.filler].filter((one) => one !== null);
}
