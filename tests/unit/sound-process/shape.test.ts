import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINE_NODE_FLAGS } from "@loa/edge-agent/sound/process/engine-child.ts";
import {
  byKind,
  flag,
  list,
  nullable,
  number,
  object,
  oneOf,
  parse,
  record,
  text,
  whole,
} from "@loa/edge-agent/sound/process/shape.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { expect, test } from "vitest";
import { repositoryRoot } from "../../support/own-process.ts";

const shape = byKind({
  tone: { hertz: number(1, 24_000), names: list(text(1, 4), 0, 2) },
  end: { isWhole: flag, after: nullable(whole(0)) },
});

test("what-fits-comes-back-without-what-nobody-named", () => {
  const tone = { kind: "tone", hertz: 440, names: ["a"] };
  expect(parse(shape, { ...tone, more: 1 })).toEqual(ok(tone));
  expect(parse(shape, { kind: "end", isWhole: true, after: null })).toEqual(
    ok({ kind: "end", isWhole: true, after: null }),
  );
});

test.each([
  [{ kind: "tone", hertz: 0, names: [] }, "hertz: not a number from 1 to 24000"],
  [{ kind: "tone", hertz: Number.NaN, names: [] }, "hertz: not a number from 1 to 24000"],
  [{ kind: "tone", hertz: 1, names: ["a", "b", "c"] }, "names: not a list of 0 to 2"],
  [{ kind: "tone", hertz: 1, names: ["a", ""] }, "names.1: not text of 1 to 4"],
  [{ kind: "end", isWhole: 1, after: null }, "isWhole: not yes or no"],
  [{ kind: "end", isWhole: true, after: 1.5 }, "after: not whole"],
  [{ kind: "end", isWhole: true }, "after: not whole"],
  [{ kind: "toString" }, "kind: not tone or end"],
  [[], "kind: not tone or end"],
  [null, "kind: not tone or end"],
])("what-does-not-fit-is-refused-with-its-place: %j", (value, why) => {
  expect(parse(shape, value)).toEqual(fail(why));
});

test("objects-and-records-are-neither-lists-nor-nothing", () => {
  for (const value of [null, [], "x"]) {
    expect(parse(object({}), value).ok).toBe(false);
    expect(parse(record(flag, 3), value).ok).toBe(false);
  }
  expect(parse(record(oneOf([1, 2]), 3), { one: 1 })).toEqual(ok({ one: 1 }));
  expect(parse(record(flag, 3), { long_name: true }).ok).toBe(false);
});

test("the-sound-process-is-compiled-ahead-with-the-flags-that-it-runs-with", () => {
  const unit = readFileSync(join(repositoryRoot, "edge-agent/loa-agent.service"), "utf8");
  // V8 takes no compiled code that other flags have made.
  const [, flags] =
    /^ExecStartPre=-\S+ (.*) edge-agent\/src\/sound\/process\/main\.ts compile$/m.exec(unit) ?? [];
  expect(flags?.split(" ")).toEqual(ENGINE_NODE_FLAGS);
});
