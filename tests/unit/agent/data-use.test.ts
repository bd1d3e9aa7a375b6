import { afterRelayUse, afterTraffic, changesOf } from "@loa/edge-agent/core/data-use.ts";
import type { AgentState } from "@loa/edge-agent/core/state.ts";
import {
  asInstant,
  asMonotonic,
  type Instant,
  type LocalDate,
  type LocalTime,
  MINUTE_MS,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { NO_TRAFFIC, type Traffic } from "@loa/shared/wire/traffic.ts";
import { describe, expect, test } from "vitest";
import { initialState } from "../../support/agent-bench.ts";

const on = (date: string, time = "12:00:00") => toInstant(date as LocalDate, time as LocalTime);
const moved = (up: number, down: number): Traffic => ({ up, down, around: 0 });
type Trust = AgentState["time"]["trust"];

function counter(trust: Trust = "synced") {
  let state = initialState({}, on("2026-11-30"));
  const trusted = (how: Trust) => {
    state = { ...state, time: { ...state.time, trust: how } };
  };
  trusted(trust);
  return {
    trusted,
    get use() {
      return state.memory.use;
    },
    get unsaved() {
      return changesOf(state);
    },
    count(now: Instant, bus: Traffic, content: Traffic = NO_TRAFFIC, mono = 0) {
      const moment = { now, mono: asMonotonic(mono), isTrusted: true, chance: 0 };
      const counted = afterTraffic(state, { bus, content }, moment);
      state = counted.state;
      return counted.changes;
    },
    relay(soundId: string, bytes: number) {
      state = afterRelayUse(state, soundId, bytes);
    },
  };
}

describe("the account of the month", () => {
  test("holds what bus, content and relays have moved, each byte once", () => {
    const box = counter();
    box.count(on("2026-11-30"), moved(100, 50));
    box.count(on("2026-11-30"), moved(180, 60), moved(10, 1_000));
    box.relay("s1", 300);
    box.relay("s1", 500);
    box.relay("s2", 70);
    expect(box.use).toMatchObject({ month: "2026-11", up: 190, down: 60 + 1_000 + 570, sound: 1_570 });
  });

  test("begins with nothing at local midnight of the first, and not in the last hours of the old month by UTC", () => {
    const box = counter();
    box.count(on("2026-11-30", "23:59:00"), moved(100, 0));
    expect(box.use.month).toBe("2026-11");
    box.count(on("2026-12-01", "00:00:01"), moved(130, 0));
    expect(box.use).toMatchObject({ month: "2026-12", up: 30 });
  });

  test("a clock that is corrected by a second over midnight does not begin the old month anew", () => {
    const box = counter();
    box.count(on("2026-12-01", "00:00:00"), moved(100, 0));
    box.count(on("2026-11-30", "23:59:59"), moved(150, 0));
    expect(box.use).toMatchObject({ month: "2026-12", up: 150 });
  });

  test("a battery clock that is years ahead ends no month", () => {
    const box = counter();
    box.count(on("2026-11-30"), moved(100, 0));
    box.trusted("rtc");
    box.count(on("2031-05-01"), moved(150, 0));
    box.trusted("synced");
    box.count(on("2026-11-30"), moved(170, 0));
    expect(box.use).toMatchObject({ month: "2026-11", up: 170 });
  });

  test("what was moved before the time was known is not lost", () => {
    const box = counter("untrusted");
    box.count(asInstant(0), moved(100, 0));
    expect(box.use).toMatchObject({ month: null, up: 100 });
    box.trusted("controller");
    box.count(on("2026-11-30"), moved(120, 0));
    expect(box.use).toMatchObject({ month: "2026-11", up: 120 });
  });

  test("is written every ten minutes at most, and what is not written yet is known", () => {
    const box = counter();
    const changes = [0, 1, 5, 9, 11, 15].map(
      (minute) => box.count(on("2026-11-30"), moved(minute + 1, 0), NO_TRAFFIC, minute * MINUTE_MS).length,
    );
    expect(changes).toEqual([1, 0, 0, 0, 1, 0]);
    expect(box.unsaved).toHaveLength(1);
  });
});
