import { createSilences } from "@loa/controller/silences.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";

test("whoever was silent for so long is found, the longest first, and nobody who has spoken since", () => {
  const silences = createSilences<string>(25);
  for (const [index, box] of ["a", "b", "c", "d"].entries()) silences.heard(box, asInstant(index));
  silences.heard("a", asInstant(10));
  silences.forget("c");
  expect(silences.next()).toBe(26);
  expect(silences.over(asInstant(25))).toEqual([]);
  expect(silences.over(asInstant(28))).toEqual(["b", "d"]);
  expect(silences.over(asInstant(35))).toEqual(["b", "d", "a"]);
  for (const box of ["a", "b", "d"]) silences.forget(box);
  expect(silences.next()).toBeNull();
});
