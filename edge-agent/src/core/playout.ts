import { type OnAir, onAir } from "@loa/shared/broadcast/on-air.ts";
import { type Instant, plus } from "@loa/shared/kernel/time.ts";
import { airInputs } from "./air.ts";
import type { Effect } from "./effect.ts";
import { mayPlay, missedAt, skipDead, wantedFiller } from "./fallback.ts";
import { holdUnheardAlarms } from "./hold-alarms.ts";
import { type Moment, sooner } from "./moment.ts";
import { markProgress } from "./progress-mark.ts";
import { giveUpResumes, LOST_AFTER_MS, noteLosers, quieten, RESUME_WITHIN_MS } from "./quieten.ts";
import { chooseWords } from "./spoken-clip.ts";
import { isRunning, isWaitingIn, startFiller, startWanted } from "./start-sounds.ts";
import type { AgentState, Playout } from "./state.ts";
import { withCurrentTroubles, withUnnamedRelays } from "./troubles.ts";
import { type WantedSound, wantedSounds } from "./wanted-sounds.ts";

export const SILENT: Playout = {
  sounding: [],
  counter: 0,
  failed: new Map(),
  mixer: null,
  microphone: null,
  markAt: null,
  observedAt: null,
  isSinkBroken: false,
  troubles: [],
  volumeDb: null,
};

export interface PlayoutStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly air: OnAir;
  readonly lookAgainAt: Instant | null;
}

/** Compares what should sound with what sounds; notes first, then steps. */
export function runPlayout(before: AgentState, moment: Moment): PlayoutStep {
  const { now } = moment;
  const given = giveUpResumes(holdUnheardAlarms(before, now), now);
  const worded = chooseWords(given.state, now);
  const first = onAir(airInputs(worded.state), now);
  const skipped = skipDead(worded.state, first, now);
  const air = skipped.state === worded.state ? first : onAir(airInputs(skipped.state), now);
  const all = wantedSounds(skipped.state, air, now);
  const playable = all.sounds.filter((one) => mayPlay(skipped.state, one, now));
  const wanted = playable.filter((one) => mayStart(skipped.state, one, now));
  const filler = wantedFiller(skipped.state, air, playable, now);
  const lost = noteLosers(skipped.state, air, wanted, now);
  const kept = quieten(lost.state, air, { wanted, filler }, now);
  const started = startWanted(kept.state, wanted, moment);
  const filled = startFiller(started.state, filler, moment);
  const unnamed = withUnnamedRelays(filled.state, all.sounds, now);
  const marked = markProgress(withCurrentTroubles(unnamed, all.sounds), moment);
  const starts = [...started.changes, ...filled.changes];
  const changes = [given, worded, skipped, lost, marked].flatMap((one) => one.changes).concat(starts);
  const onFailure = started.isBoundToNote && started.changes.length > 0 ? "revert" : "keep";
  const commit: Effect[] = changes.length === 0 ? [] : [{ kind: "commit", onFailure, changes }];
  return {
    state: marked.state,
    effects: [...given.effects, ...kept.effects, ...commit, ...started.effects, ...filled.effects],
    air,
    lookAgainAt: sooner(nextLook(marked.state, air, [...wanted, ...filler], now), all.lookAgainAt),
  };
}

/** After a note could not be written, nothing new is started for a moment; what sounds goes on. */
function mayStart({ health, playout }: AgentState, one: WantedSound, now: Instant): boolean {
  if (health.diskRetryAt === null || now >= health.diskRetryAt) return true;
  const isThere = isRunning(playout.sounding, one) || isWaitingIn(playout.sounding, one);
  return one.occurrence.voidAt !== null || isThere;
}

function nextLook(
  { playout, health }: AgentState,
  air: OnAir,
  wanted: readonly WantedSound[],
  now: Instant,
): Instant | null {
  let next = air.lookAgainAt;
  const consider = (at: Instant | null) => {
    if (at !== null && at > now) next = sooner(next, at);
  };
  // A relay does not end by itself, and where an item fails something stands in until its end.
  for (const one of wanted) consider(one.endsAt);
  for (const one of playout.sounding) {
    if (one.isPaused) continue;
    consider(plus(one.endsAt, LOST_AFTER_MS + 1));
    consider(missedAt(one));
    if (one.resumeAskedAt !== null) consider(plus(one.resumeAskedAt, RESUME_WITHIN_MS));
  }
  for (const { retryAt } of playout.failed.values()) consider(retryAt);
  consider(health.diskRetryAt);
  return next;
}
