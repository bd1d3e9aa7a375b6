import type { SignatureChecks, SignedBy } from "@loa/controller/bus/signature-checks.ts";
import { createTurns } from "@loa/controller/bus/turns.ts";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { expect, test } from "vitest";

const [one, two] = ["one", "two"] as [BoxId, BoxId];
const key = "key" as PublicKey;
const signedAs = (data: string): SignedBy => ({ key, data, signature: `of ${data}` });

/** Checks that end when the test says so. */
function heldChecks() {
  const held = new Map<string, (isGood: boolean) => void>();
  const checks: SignatureChecks = { check: ({ data }, done) => void held.set(data, done) };
  return { checks, held, end: (data: string, isGood = true) => held.get(data)?.(isGood) };
}

/** Writes down what was taken in, and whether its signature was known to be good or bad, or not known. */
function world(maxWaiting?: number) {
  const { checks, held, end } = heldChecks();
  const turns = createTurns(checks, maxWaiting);
  const taken: string[] = [];
  const came = (box: BoxId, name: string, isSigned: boolean) =>
    turns.came(box, isSigned ? signedAs(name) : null, (verdict) => {
      const known = verdict === null ? "" : verdict.isGood ? " good" : " bad";
      taken.push(`${name}${known}`);
    });
  return {
    ...{ turns, held, end, taken },
    signed: (box: BoxId, name: string) => came(box, name, true),
    plain: (box: BoxId, name: string) => came(box, name, false),
  };
}

test("what-a-box-says-is-taken-in-as-it-came-in-whatever-order-its-signatures-are-looked-at", () => {
  const { signed, plain, end, taken } = world();
  signed(one, "a");
  plain(one, "b");
  signed(one, "c");
  signed(one, "d");
  end("d");
  end("c");
  expect(taken).toEqual([]);
  end("a");
  expect(taken).toEqual(["a good", "b", "c good", "d good"]);
  plain(one, "e");
  expect(taken.at(-1)).toBe("e");
});

test("boxes-do-not-wait-for-each-other", () => {
  const { signed, plain, end, taken } = world();
  signed(one, "a");
  plain(two, "b");
  signed(two, "c");
  end("c");
  expect(taken).toEqual(["b", "c good"]);
});

test("what-is-not-signed-waits-for-nobody-where-nothing-of-its-box-waits", () => {
  const { plain, turns, taken } = world();
  plain(one, "a");
  expect(taken).toEqual(["a"]);
  expect(turns.waiting).toBe(0);
});

test("a-forged-one-among-good-ones-is-known-as-such-and-holds-nobody-up", () => {
  const { signed, end, taken } = world();
  for (const name of ["a", "b", "c"]) signed(one, name);
  end("b", false);
  end("c");
  end("a");
  expect(taken).toEqual(["a good", "b bad", "c good"]);
});

test("what-is-too-much-to-wait-is-taken-in-at-once-unlooked-at-and-behind-what-its-box-said-before", () => {
  const { signed, turns, end, taken } = world(2);
  signed(one, "a");
  signed(one, "b");
  end("b");
  signed(two, "c");
  expect(taken).toEqual(["c"]);
  signed(one, "d");
  expect(taken).toEqual(["c", "a", "b good", "d"]);
  expect(turns.waiting).toBe(0);
  // The look that was under way ends, and nothing comes twice.
  end("a");
  signed(one, "e");
  end("a");
  end("e");
  expect(taken).toEqual(["c", "a", "b good", "d", "e good"]);
});

test("at-the-end-all-that-waits-is-taken-in-once", () => {
  const { signed, plain, turns, end, taken } = world();
  signed(one, "a");
  plain(one, "b");
  signed(two, "c");
  end("a", false);
  signed(two, "d");
  end("d");
  turns.settle();
  expect(taken).toEqual(["a bad", "b", "c", "d good"]);
  end("c");
  expect(taken).toHaveLength(4);
  expect(turns.waiting).toBe(0);
});

test("what-comes-of-taking-in-stays-in-order-too", () => {
  const { checks, end } = heldChecks();
  const turns = createTurns(checks);
  const taken: string[] = [];
  turns.came(one, signedAs("a"), () => {
    taken.push("a");
    turns.came(one, null, () => void taken.push("c"));
  });
  turns.came(one, null, () => void taken.push("b"));
  end("a");
  expect(taken).toEqual(["a", "b", "c"]);
});

test("signatures-that-are-looked-at-at-once-make-nobody-wait", () => {
  const turns = createTurns({ check: (_, done) => done(true) });
  const taken: (boolean | null)[] = [];
  turns.came(one, signedAs("a"), (verdict) => void taken.push(verdict?.isGood ?? null));
  expect(taken).toEqual([true]);
  expect(turns.waiting).toBe(0);
});
