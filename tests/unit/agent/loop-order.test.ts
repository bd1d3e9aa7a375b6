import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { loopBench } from "../../support/loop-bench.ts";

test("what waited when a step was broken off is handled before what comes later", () => {
  const { loop, clock, card } = loopBench();
  const saysFree = (freeDiskBytes: number) =>
    loop.post({ kind: "host", system: clock.now(), clock: "synced", clockErrorMs: 5, freeDiskBytes });
  card.onPlay = () => {
    saysFree(7e9);
    throw new Error("the card is gone");
  };
  clock.pass(2 * MINUTE_MS);
  expect(() => loop.post({ kind: "rang" })).toThrow("the card is gone");
  saysFree(6e9);
  expect(loop.state.health.freeDiskBytes).toBe(6e9);
});
