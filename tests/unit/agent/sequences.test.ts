import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", MINUTE_MS);
const all = ["wake", "arm", "play", "end"] as const;

function morning(times: readonly string[], sequences: readonly (typeof all)[number][] = all) {
  const bench = agentBench({ clips: [news], sequences });
  bench.sendPlan(planOf(1, [daily("sang", [...times], [news])]));
  return bench;
}
type Bench = ReturnType<typeof morning>;
const names = (bench: Bench) => bench.ran.map(({ name }) => name);

describe("a device that obeys only in one order", () => {
  test("is woken and armed before the first sample, told to play as it comes, and ended after the last", () => {
    const bench = morning(["05:00:00"]);
    bench.until("05:30:00");
    expect(names(bench)).toEqual(["wake", "arm", "play", "end"]);
    const [wake, arm, play, end] = bench.ran;
    expect(wake?.at).toBeLessThan(at("04:59:55"));
    expect(arm?.at).toBeLessThan(at("04:59:55"));
    expect(play?.at).toBeLessThan(at("05:00:00"));
    expect(end?.at).toBeGreaterThanOrEqual(at("05:01:00"));
    expect(end?.at).toBeLessThan(at("05:01:05"));
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("is armed anew for each stretch of sound, and woken once while it is held ready", () => {
    const bench = morning(["05:00:00", "05:01:10", "05:30:00"]);
    bench.until("05:40:00");
    const stretch = ["arm", "play", "end"];
    expect(names(bench)).toEqual(["wake", ...stretch, ...stretch, "wake", ...stretch]);
  });

  test("is not written to while it wakes", () => {
    const bench = morning(["05:00:00"]);
    bench.knobs.ran = (name) => (name === "wake" ? null : "done");
    bench.until("04:59:58");
    const written = bench.said.filter(({ effect }) => effect.kind === "write-device");
    expect(written.filter((one) => one.at >= (bench.ran[0]?.at ?? 0))).toEqual([]);
  });

  test("that does not do as expected is asked again, and nothing is heard of it until it does", () => {
    const bench = morning(["05:00:00"]);
    bench.knobs.ran = (name) => (name === "arm" ? "not-as-expected" : "done");
    bench.until("05:30:00");
    expect(names(bench).filter((name) => name === "arm").length).toBeGreaterThan(3);
    expect(names(bench)).not.toContain("play");
    expect(bench.verdicts()).toEqual([["missed", "amplifier-refused"]]);
  });

  test("that is lost in the middle of its steps is asked again as soon as it is back", () => {
    const bench = morning(["05:00:00"]);
    bench.knobs.ran = () => null;
    bench.until("04:59:55");
    bench.knobs.isAmplifierDead = true;
    bench.pass(3_000);
    bench.knobs.isAmplifierDead = false;
    bench.knobs.ran = () => "done";
    bench.until("05:00:20");
    expect(names(bench).slice(-2)).toEqual(["arm", "play"]);
  });

  test("with steps for the start alone is armed again for the next sound", () => {
    const bench = morning(["05:00:00", "05:30:00"], ["arm", "play"]);
    bench.until("05:40:00");
    expect(names(bench)).toEqual(["arm", "play", "arm", "play"]);
  });

  test("is asked for nothing where no profile has sequences, and never for ever", () => {
    const bench = morning(["05:00:00"], []);
    bench.until("05:30:00");
    expect(bench.ran).toEqual([]);
    const mute = morning(["05:00:00"]);
    mute.knobs.ran = () => null;
    mute.pass(3 * 60 * MINUTE_MS);
    expect(mute.ran.length).toBeLessThan(10);
  });
});
