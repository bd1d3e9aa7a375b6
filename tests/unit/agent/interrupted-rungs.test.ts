import { quieten } from "@loa/edge-agent/core/quieten.ts";
import type { Sounding } from "@loa/edge-agent/core/state.ts";
import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { OnAir } from "@loa/shared/broadcast/on-air.ts";
import type { Rung } from "@loa/shared/broadcast/precedence.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { at, initialState } from "../../support/agent-bench.ts";

const now = at("05:02:00");
const id = "a@2026-11-30T05:00:00" as OccurrenceId;

/** What becomes of a sound of this rung when something higher takes the loudspeaker. */
function afterInterruptionOf(rung: Rung): readonly string[] {
  const waiting = { id, rung, at: at("05:00:00"), endsAt: at("05:10:00") } as unknown as Occurrence;
  const sound: Sounding = {
    ...{ soundId: "a#0#1", occurrenceId: id, itemIndex: 0, role: "item", isUrgent: false, isLive: false },
    ...{ offsetMs: 0, startAt: at("05:00:00"), endsAt: plus(now, 8 * MINUTE_MS), cutAt: null, after: null },
    ...{ startedAt: at("05:00:00"), heldMs: 0, isStopping: false, isPaused: false, resumeAskedAt: null },
    ...{ heardFrom: at("05:00:00"), heardMs: 0, silentMs: 0, lostSince: null },
    ...{ receivedBytes: 0, toldBytes: 0 },
  };
  const state = initialState({}, now);
  const air: OnAir = { holder: null, waiting: [waiting], quieted: [], lookAgainAt: null };
  const playing = { ...state, playout: { ...state.playout, sounding: [sound] } };
  const { effects } = quieten(playing, air, { wanted: [], filler: [] }, now);
  return effects.map(({ kind }) => kind);
}

describe("who loses the loudspeaker", () => {
  test.each<Rung>(["emergency-actual", "emergency-exercise", "live", "priority", "scheduled"])(
    "of the rung %s waits in the mixer, and goes on or comes back at the live edge",
    (rung) => expect(afterInterruptionOf(rung)).toEqual(["pause-sound"]),
  );

  test.each<Rung>(["automation", "test-tone"])("of the rung %s is dropped", (rung) =>
    expect(afterInterruptionOf(rung)).toEqual(["stop-sound"]),
  );
});
