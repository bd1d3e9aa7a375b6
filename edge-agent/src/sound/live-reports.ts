import { MINUTE_MS, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import type { ReportQueue } from "./report-queue.ts";
import type { Voice } from "./voice.ts";

const USE_PERIOD_MS = MINUTE_MS;

/** What live sources have to say: that they give nothing, and what they cost. */
export interface LiveReports {
  look(voice: Voice, now: MonotonicMs): void;
  end(voice: Voice, at: MonotonicMs): void;
}

interface Known {
  isLost: boolean;
  usedAt: MonotonicMs;
}

export function createLiveReports(reports: ReportQueue): LiveReports {
  const known = new WeakMap<Voice, Known>();

  function reportUse({ soundId, source }: Voice, at: MonotonicMs): void {
    if (source?.live == null) return;
    const { receivedBytes, reconnects } = source.live;
    reports.add({ kind: "relay-use", soundId, at, receivedBytes, reconnects });
  }

  function reportLost({ soundId }: Voice, at: MonotonicMs, isRaised: boolean): void {
    reports.add({ kind: "trouble", soundId, at, trouble: "source-lost", isRaised });
  }

  return {
    look(voice, now) {
      const live = voice.source?.live ?? null;
      if (live === null) return;
      const last = known.get(voice) ?? { isLost: false, usedAt: now };
      known.set(voice, last);
      if (live.isLost !== last.isLost) {
        last.isLost = live.isLost;
        reportLost(voice, now, live.isLost);
      }
      if (now - last.usedAt < USE_PERIOD_MS) return;
      last.usedAt = now;
      reportUse(voice, now);
    },
    end(voice, at) {
      if (known.get(voice)?.isLost === true) reportLost(voice, at, false);
      if (known.has(voice)) reportUse(voice, at);
      known.delete(voice);
    },
  };
}
