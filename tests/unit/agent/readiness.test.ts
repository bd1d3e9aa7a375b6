import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
type Bench = ReturnType<typeof agentBench>;

function morning(options: Partial<Parameters<typeof agentBench>[0]> = {}): Bench {
  const bench = agentBench({ clips: [news], ...options });
  bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
  return bench;
}
const looks = (bench: Bench) =>
  bench.said.flatMap(({ at: when, effect }) => (effect.kind === "look-now" ? [when] : []));
/** What was found at a stage, as the box keeps it. */
const foundAt = (bench: Bench, time: string) => {
  bench.until(time);
  return bench.state.readiness.found.map(({ stage, lacks }) => [stage, lacks]);
};

describe("before each occurrence", () => {
  test("amplifier and clips are looked at 15 minutes and 60 s ahead, and nothing more", () => {
    const bench = morning();
    bench.until("05:00:00");
    expect(looks(bench)).toEqual([at("04:45:00"), at("04:59:00")]);
    const verified = bench.said.filter(({ effect }) => effect.kind === "verify");
    expect(verified.map((one) => one.at)).toEqual([at("04:45:00"), at("04:59:00")]);
    expect(bench.state.readiness.found).toEqual([
      expect.objectContaining({ stage: "late", dueAt: at("05:00:00"), lacks: [] }),
    ]);
  });

  test("whoever comes to know of it later looks at once", () => {
    const bench = agentBench({ clips: [news] });
    bench.until("04:50:00");
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    expect(foundAt(bench, "04:50:30")).toEqual([["early", []]]);
    expect(foundAt(bench, "04:59:30")).toEqual([["late", []]]);
    expect(looks(bench)).toHaveLength(2);
  });

  test("what begins within the same minutes is looked at together", () => {
    const bench = agentBench({ clips: [news] });
    const times = ["05:00:00", "05:00:00", "05:06:00"];
    bench.sendPlan(
      planOf(
        1,
        times.map((time, index) => daily(`s${index}`, [time], [news])),
      ),
    );
    bench.until("04:46:00");
    expect(bench.state.readiness.found).toHaveLength(2);
    bench.until("05:30:00");
    expect(looks(bench)).toEqual(["04:45:00", "04:51:00", "04:59:00", "05:05:00"].map(at));
  });

  test("a clip that rotted on the disk is found early and fetched again in time", () => {
    const bench = morning();
    bench.until("04:30:00");
    bench.knobs.rotten.add(news.sha256);
    expect(foundAt(bench, "04:45:10")).toEqual([["early", ["content-missing"]]]);
    expect(foundAt(bench, "04:59:10")).toEqual([["late", []]]);
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });
});

test.each([
  ["nobody measures", ["amplifier.power", "speakerLine.open"]],
  ["level and current are measured", undefined],
] as const)(
  "a line that was open and is mended stands in nobody's way after the next sound, where %s",
  (_, offered) => {
    const bench = agentBench({ clips: [news], ...(offered === undefined ? {} : { capabilities: offered }) });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00", "06:00:00", "07:00:00"], [news])]));
    bench.until("04:50:00");
    bench.knobs.readings.set("speakerLine.open", 1);
    bench.knobs.lineCurrentA = 0;
    expect(foundAt(bench, "04:59:30")).toEqual([["late", ["line-open"]]]);
    bench.until("05:30:00");
    bench.knobs.readings.set("speakerLine.open", 0);
    bench.knobs.lineCurrentA = 0.3;
    expect(foundAt(bench, "06:59:30")).toEqual([["late", []]]);
    expect(bench.verdicts().map(([verdict]) => verdict)).toEqual([
      "missed",
      offered === undefined ? "heard" : "played",
    ]);
  },
);

describe("what stands in the way", () => {
  test.each<[string, (bench: Bench) => void, readonly Cause[]]>([
    ["nothing", () => undefined, []],
    ["an amplifier that is dead", kill, ["amplifier-unreachable"]],
    ["a line that is open", reads("speakerLine.open", 1), ["line-open"]],
    ["a line that is shorted", reads("amplifier.fault.short", 1), ["line-short"]],
    ["a protection that is too hot", reads("amplifier.fault.thermal", 1), ["amplifier-thermal"]],
    ["mains that are gone, and no battery", reads("mains.present", 0), ["mains-lost"]],
    [
      "mains that are gone, and a battery that carries it",
      (bench) => void bench.knobs.readings.set("mains.present", 0).set("battery.voltage", 26),
      [],
    ],
    [
      "mains that are gone, and a battery that is low",
      (bench) => void bench.knobs.readings.set("mains.present", 0).set("battery.low", 1),
      ["battery-low"],
    ],
  ])("%s", (_, strike, lacks) => {
    const bench = morning();
    bench.until("04:30:00");
    strike(bench);
    expect(foundAt(bench, "04:45:25")).toEqual([["early", lacks]]);
  });

  test("what kept the last bulletin from being heard stands in the way of the next, until one is heard", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00", "05:30:00", "06:00:00"], [news])]));
    bench.until("04:50:00");
    bench.knobs.amplifierDb = -90;
    bench.until("05:10:00");
    bench.knobs.amplifierDb = -20;
    const restarted = agentBench({ clips: [news], beginsAt: "05:11:00", memory: bench.state.memory });
    expect(foundAt(restarted, "05:15:30")).toEqual([["early", ["amplifier-silent"]]]);
    expect(foundAt(bench, "05:15:30")).toEqual([["early", ["amplifier-silent"]]]);
    expect(foundAt(bench, "05:45:30")).toEqual([["early", []]]);
  });

  test("a test that failed, or that nobody made for more than a day", () => {
    const failed = agentBench({ clips: [news], beginsAt: "01:00:00" });
    failed.sendPlan(planOf(1, [daily("sang", ["05:00:00", "08:00:00"], [news])]));
    failed.knobs.refuses = "zone.1";
    expect(foundAt(failed, "04:45:30")).toEqual([["early", ["amplifier-refused", "self-test-failed"]]]);
    failed.until("06:00:00");
    failed.knobs.refuses = null;
    expect(foundAt(failed, "07:45:30")).toEqual([["early", []]]);
    // Nine minutes before it is due there is no time to make up for it.
    const ownsFrom = plus(at("04:00:00"), -30 * HOUR_MS);
    const stale = agentBench({ clips: [news], beginsAt: "04:51:00", memory: { ownsFrom } });
    stale.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    expect(foundAt(stale, "04:51:30")).toEqual([["early", ["self-test-stale"]]]);
  });
});

function kill({ knobs }: Bench) {
  knobs.isAmplifierDead = true;
}

function reads(
  point: "speakerLine.open" | "amplifier.fault.short" | "amplifier.fault.thermal" | "mains.present",
  value: number,
) {
  return ({ knobs }: Bench) => void knobs.readings.set(point, value);
}
