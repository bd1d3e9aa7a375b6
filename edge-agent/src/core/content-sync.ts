import type { Manifest } from "@loa/shared/broadcast/content.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Effect } from "./effect.ts";
import { type Moment, sooner } from "./moment.ts";
import type { AgentState, ContentState } from "./state.ts";

export const NO_CONTENT: ContentState = {
  present: new Set(),
  clips: null,
  clipsOf: null,
  fetching: null,
  retryAt: null,
  failures: 0,
  lastFailure: null,
};

const RETRY_FIRST_MS = 5 * SECOND_MS;
const RETRY_MOST_MS = 5 * MINUTE_MS;
/** A fetch without an answer is taken as lost: larger than the adapter's own limit for one file. */
const ANSWER_WITHIN_MS = 30 * MINUTE_MS;

export function afterFetched(content: ContentState, sha256: Sha256): ContentState {
  const present = new Set(content.present).add(sha256);
  return { ...content, present, fetching: null, failures: 0, retryAt: null, lastFailure: null };
}

/** Full jitter between the first wait and twice as much at every failure, up to five minutes. */
export function afterFetchFailed(
  content: ContentState,
  reason: string,
  { now, chance }: Moment,
): ContentState {
  const failures = content.failures + 1;
  const ceilingMs = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 10));
  const waitMs = RETRY_FIRST_MS + chance * (ceilingMs - RETRY_FIRST_MS);
  return { ...content, fetching: null, failures, retryAt: plus(now, waitMs), lastFailure: reason };
}

export function afterManifest(
  content: ContentState,
  sha256: Sha256,
  manifest: Manifest | null,
): ContentState {
  if (manifest === null) {
    const present = new Set(content.present);
    present.delete(sha256);
    return { ...content, present, clips: null, clipsOf: null };
  }
  return { ...content, clips: new Map(manifest.clips.map((clip) => [clip.sha256, clip])), clipsOf: sha256 };
}

export interface ContentStep {
  readonly content: ContentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/** The next file to get, the manifest before its clips; and what no plan wants any more goes. */
export function syncContent(state: AgentState, moment: Moment): ContentStep {
  const { plan, lastGood } = state.memory;
  let { content } = state;
  if (plan === null) return { content, effects: [], lookAgainAt: null };
  const effects: Effect[] = [];
  if (content.clipsOf !== plan.manifest && content.present.has(plan.manifest)) {
    content = { ...content, clips: null, clipsOf: plan.manifest };
    effects.push({ kind: "read-manifest", sha256: plan.manifest });
  }
  const removal = removeUnwanted(content, plan, lastGood);
  content = removal.content;
  effects.push(...removal.effects);
  const isFetching = content.fetching !== null && (content.retryAt === null || moment.now < content.retryAt);
  if (isFetching) return { content, effects, lookAgainAt: content.retryAt };
  if (content.retryAt !== null && moment.now < content.retryAt)
    return { content, effects, lookAgainAt: content.retryAt };
  const next = nextFile(content, plan);
  if (next === null) {
    const idle = content.fetching === null ? content : { ...content, fetching: null };
    return { content: idle, effects, lookAgainAt: null };
  }
  const giveUpAt = plus(moment.now, ANSWER_WITHIN_MS);
  effects.push({ kind: "fetch", ...next });
  return {
    content: { ...content, fetching: next.sha256, retryAt: giveUpAt },
    effects,
    lookAgainAt: sooner(content.retryAt, giveUpAt),
  };
}

function nextFile(content: ContentState, plan: Plan): { sha256: Sha256; sizeBytes: number | null } | null {
  if (!content.present.has(plan.manifest)) return { sha256: plan.manifest, sizeBytes: null };
  for (const clip of content.clips?.values() ?? []) {
    if (!content.present.has(clip.sha256)) return { sha256: clip.sha256, sizeBytes: clip.sizeBytes };
  }
  return null;
}

/** Only when the new manifest is known and whole on the disk: until then the old clips may still be needed. */
function removeUnwanted(
  content: ContentState,
  plan: Plan,
  lastGood: Plan | null,
): { content: ContentState; effects: readonly Effect[] } {
  const { clips } = content;
  if (clips === null || content.clipsOf !== plan.manifest) return { content, effects: [] };
  for (const sha256 of clips.keys()) if (!content.present.has(sha256)) return { content, effects: [] };
  const keep = new Set<Sha256>([plan.manifest, ...clips.keys()]);
  if (lastGood !== null) {
    keep.add(lastGood.manifest);
    for (const schedule of lastGood.schedules) for (const item of schedule.items) keep.add(item.sha256);
  }
  const gone = [...content.present].filter((sha256) => !keep.has(sha256));
  if (gone.length === 0) return { content, effects: [] };
  const present = new Set(content.present);
  for (const sha256 of gone) present.delete(sha256);
  return { content: { ...content, present }, effects: gone.map((sha256) => ({ kind: "remove", sha256 })) };
}
