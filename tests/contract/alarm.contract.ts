import type { Alarm } from "@loa/edge-agent/ports.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface AlarmWorld {
  readonly alarm: Alarm;
  monotonic(): number;
  /** Lets this much time pass. */
  pass(ms: number): Promise<void>;
  /** The wall clock is set; it means nothing to an alarm. */
  stepWall(ms: number): void;
  close(): void;
}

/** Late by no more than this, whatever happens (ports.ts). */
const LATEST_MS = 250;

export function describeAlarm(name: string, open: () => AlarmWorld): void {
  describe(`alarm: ${name}`, () => {
    let world: AlarmWorld;
    let rings: number[];
    let again: () => void;
    beforeEach(() => {
      world = open();
      rings = [];
      again = () => undefined;
      world.alarm.onRing(() => {
        rings.push(world.monotonic());
        again();
      });
    });
    afterEach(() => world.close());
    const setIn = (ms: number) => {
      const at = world.monotonic() + ms;
      world.alarm.set(asMonotonic(at));
      return at;
    };

    it.each([1, 249, 250, 251, 999.4, 60_000])(
      "rings once, never early and at most 250 ms late: in %f ms",
      async (ms) => {
        const at = setIn(ms);
        await world.pass(ms + 2_000);
        expect(rings).toHaveLength(1);
        expect(rings[0]).toBeGreaterThanOrEqual(at);
        expect(rings[0]).toBeLessThanOrEqual(at + LATEST_MS);
      },
    );

    it("rings at once for a moment that is past", async () => {
      setIn(-5_000);
      await world.pass(LATEST_MS);
      expect(rings).toHaveLength(1);
    });

    it("is replaced by an earlier and by a later one", async () => {
      setIn(10_000);
      const earlier = setIn(1_000);
      await world.pass(2_000);
      expect(rings).toHaveLength(1);
      expect(rings[0]).toBeGreaterThanOrEqual(earlier);
      setIn(1_000);
      setIn(5_000);
      await world.pass(4_000);
      expect(rings).toHaveLength(1);
      await world.pass(60_000);
      expect(rings).toHaveLength(2);
    });

    it("may be set again by whoever it wakes", async () => {
      again = () => {
        if (rings.length < 3) setIn(1_000);
      };
      setIn(1_000);
      await world.pass(20_000);
      expect(rings).toHaveLength(3);
    });

    it("does not care about the wall clock", async () => {
      setIn(10_000);
      world.stepWall(365 * 24 * 3_600_000);
      await world.pass(9_000);
      expect(rings).toEqual([]);
      world.stepWall(-730 * 24 * 3_600_000);
      await world.pass(2_000);
      expect(rings).toHaveLength(1);
    });
  });
}
