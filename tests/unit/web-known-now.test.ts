import { tallyOf } from "@loa/controller/web/view/area-tally.ts";
import {
  isSounding,
  levelNow,
  mayBeInaudible,
  noFaults,
  soundNow,
} from "@loa/controller/web/view/known-now.ts";
import { matches } from "@loa/controller/web/view/trouble.ts";
import { type FaultKind, severityOf } from "@loa/shared/device/fault.ts";
import { plus } from "@loa/shared/kernel/time.ts";
import { LEVEL_PACE_MS } from "@loa/shared/wire/uplink.ts";
import { describe, expect, it } from "vitest";
import { boxRow, dueAt, session } from "../support/web-rows.ts";

const onAir = { occurrenceId: session, title: "Bản tin chiều", since: dueAt, emergency: null };
const playing = boxRow("playing", { onAir });
const silent = boxRow("silent");
const lost = (state: "offline" | "unknown") =>
  boxRow("lost", { presence: { state, since: dueAt, heardAt: dueAt } });
const level = { rms: -16, peak: -9.5, at: dueAt };

describe("what a box sounds now", () => {
  it("is not known of a box that is out of touch: it plays on without its network", () => {
    expect(soundNow(lost("offline"))).toBe("unknown");
    expect(soundNow(lost("unknown"))).toBe("unknown");
  });

  it("is silence only of a box that can be believed", () => {
    expect(soundNow(silent)).toBe("silent");
    expect(soundNow(boxRow("late", { presence: { ...silent.presence, state: "suspect" } }))).toBe("silent");
    expect(soundNow(playing)).toBe("on-air");
  });

  it("may not come out of the loudspeakers while a fault of the amplifier or of its line is there", () => {
    const unmeasured = { point: null, value: null, threshold: null };
    const fault = (kind: FaultKind) => [{ kind, severity: severityOf[kind], since: dueAt, ...unmeasured }];
    expect(mayBeInaudible(playing)).toBe(false);
    expect(mayBeInaudible(boxRow("dead", { onAir, faults: fault("amplifier-unreachable") }))).toBe(true);
    expect(mayBeInaudible(boxRow("torn", { onAir, faults: fault("line-open") }))).toBe(true);
    expect(mayBeInaudible(boxRow("warm", { onAir, faults: fault("amplifier-thermal") }))).toBe(false);
    // Critical for the next session, and no word against what sounds now.
    expect(mayBeInaudible(boxRow("short", { onAir, faults: fault("content-missing") }))).toBe(false);
    expect(mayBeInaudible(boxRow("mute", { faults: fault("amplifier-unreachable") }))).toBe(false);
  });
});

describe("how many clusters sound", () => {
  const fault = { severity: "critical", since: dueAt, point: null, value: null, threshold: null } as const;
  const mute = boxRow("mute", { onAir, faults: [{ ...fault, kind: "amplifier-unreachable" }] });
  const torn = boxRow("torn", { onAir, faults: [{ ...fault, kind: "line-open" }] });

  it("leaves out who plays into an amplifier that gives nothing, in an emergency as well", () => {
    expect([playing, mute, torn, silent, lost("offline")].map(isSounding)).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  it("is one number in the summary and in the list behind it", () => {
    const rows = [playing, mute, torn, silent];
    expect(tallyOf(rows).onAir).toBe(2);
    expect(rows.filter((row) => matches(row, "on-air", ""))).toEqual([playing, torn]);
  });
});

describe("a list without faults", () => {
  it("says that there are none only of a box that is in touch", () => {
    expect(noFaults(silent)).toBe("none");
    expect(noFaults(lost("offline"))).toBe("none-then");
    expect(noFaults(boxRow("new", { faultsAt: null }))).toBe("untold");
  });
});

describe("the level meter", () => {
  it("stays until the next level can be there, also when one was lost on its way", () => {
    expect(levelNow(playing, level, plus(dueAt, 2 * LEVEL_PACE_MS + 1_000))).toBe(level);
  });

  it("falls to nothing when no more levels come, and at once when nothing is on air", () => {
    expect(levelNow(playing, level, plus(dueAt, 4 * LEVEL_PACE_MS))).toBeNull();
    expect(levelNow(silent, level, plus(dueAt, 100))).toBeNull();
    expect(levelNow(playing, null, dueAt)).toBeNull();
  });
});
