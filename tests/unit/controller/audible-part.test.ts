import { audiblePart } from "@loa/controller/media/audible-part.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const rule = { belowDb: -50, keepMs: 20 };
/** −40 and −60 dBFS. */
const [loud, quiet] = [0.01, 0.001];

test("the ends that are quiet go, but for what is kept; what is quiet in between stays", () => {
  const peaks = [0, 0, 0, quiet, loud, 0, 0, 0, 0, loud, quiet, 0, 0, 0];
  expect(audiblePart(peaks, 10, rule, 0)).toEqual({ from: 2, to: 12 });
});

test("the clip's gain counts: silence is what will be heard as such", () => {
  const peaks = [0, 0, 0, quiet, loud, 0, 0, 0, 0, 0];
  expect(audiblePart(peaks, 10, rule, 20)).toEqual({ from: 1, to: 7 });
  expect(audiblePart(peaks, 10, rule, -20)).toBeNull();
});

test("what is kept never reaches out of the file", () => {
  expect(audiblePart([loud], 10, { belowDb: -50, keepMs: 5_000 }, 0)).toEqual({ from: 0, to: 1 });
});

test("nothing audible is no part, and neither is nothing", () => {
  expect(audiblePart([0, quiet, 0], 10, rule, 0)).toBeNull();
  expect(audiblePart([], 10, rule, 0)).toBeNull();
});

test("whatever is loud enough is in it, and it has no more silence at its ends than is kept", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, quiet, loud, 1)), fc.nat(100), (peaks, keepMs) => {
      const part = audiblePart(peaks, 10, { belowDb: -50, keepMs }, 0);
      const sounds = peaks.flatMap((peak, index) => (peak >= loud ? [index] : []));
      const [first, last] = [sounds[0], sounds.at(-1)];
      if (first === undefined || last === undefined) return part === null;
      const keep = Math.ceil(keepMs / 10);
      return part?.from === Math.max(0, first - keep) && part.to === Math.min(peaks.length, last + 1 + keep);
    }),
  );
});
