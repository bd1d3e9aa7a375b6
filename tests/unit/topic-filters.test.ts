import { createSubscribers } from "@loa/controller/bus/subscribers.ts";
import { isGoodFilter, isPattern, matchesTopic } from "@loa/controller/bus/topic-filters.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const level = fc.constantFrom("", "a", "b", "xã", "$SYS");
const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join("/"));
const filter = fc
  .array(fc.oneof(level, fc.constantFrom("+", "#", "a+", "#a")), { minLength: 1, maxLength: 5 })
  .map((levels) => levels.join("/"));

/** The same by other means: a regular expression. */
function asRegExp(good: string): RegExp {
  if (good === "#") return /^/;
  const isOpen = good.endsWith("/#");
  const source = (isOpen ? good.slice(0, -2) : good)
    .split("/")
    .map((part) => (part === "+" ? "[^/]*" : part.replace("$", "\\$")))
    .join("/");
  return new RegExp(`^${source}${isOpen ? "(/.*)?" : ""}$`);
}

describe("filters of topics", () => {
  test("match what the standard says, and no topic with $ that they do not name", () => {
    fc.assert(
      fc.property(filter, topic, (wanted, name) => {
        fc.pre(isGoodFilter(wanted));
        const isHidden = name.startsWith("$") && !wanted.startsWith("$");
        expect(matchesTopic(wanted, name)).toBe(!isHidden && asRegExp(wanted).test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  test.for(["a+", "+a/b", "a/#/b", "#/a", "a#", "##", "++"])("«%s» is none", (bad) => {
    expect(isGoodFilter(bad)).toBe(false);
  });

  test("every reader of a topic is found once, with the highest QoS of what it asked for", () => {
    const asked = fc.tuple(filter, fc.nat(3), fc.constantFrom(0 as const, 1 as const, 2 as const));
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 20 }), topic, (all, name) => {
        const subscribers = createSubscribers<number>();
        const latest = new Map<string, readonly [string, number, 0 | 1 | 2]>();
        for (const [wanted, reader, qos] of all) {
          if (!isGoodFilter(wanted)) continue;
          subscribers.add(wanted, reader, qos);
          latest.set(`${wanted} ${reader}`, [wanted, reader, qos]);
        }
        const expected = new Map<number, number>();
        for (const [wanted, reader, qos] of latest.values())
          if (matchesTopic(wanted, name)) expected.set(reader, Math.max(qos, expected.get(reader) ?? 0));
        expect(new Map([...subscribers.of(name)].sort())).toEqual(new Map([...expected].sort()));
        for (const [wanted, reader] of latest.values()) subscribers.remove(wanted, reader);
        expect(subscribers.of(name).size).toBe(0);
      }),
    );
  });

  test("without a pattern the readers are those of the map itself: nothing is copied for ten thousand boxes", () => {
    const subscribers = createSubscribers<string>();
    subscribers.add("loa/v1/area/tinh/command", "cum-1", 1);
    expect(isPattern("loa/v1/area/tinh/command")).toBe(false);
    expect(subscribers.of("loa/v1/area/tinh/command")).toBe(subscribers.of("loa/v1/area/tinh/command"));
  });
});
