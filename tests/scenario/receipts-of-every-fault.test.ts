import { expect, test } from "vitest";
import { faultTableText, makeFaultTable } from "../support/fault-table.ts";

const limitMs = 120_000;

test("whatever is wrong with the amplifier, and whenever, the receipt says what people heard, and why", {
  timeout: limitMs,
}, async () => {
  const cells = await makeFaultTable("scenario");
  const wrong = cells
    .filter(({ isRight, isFalseHeard }) => !isRight || isFalseHeard)
    .map(({ fault, moment, verdict, cause, expected, shown }) => ({
      where: `${fault}, ${moment}`,
      is: `${verdict}, ${cause}, shown: ${shown.join(" ")}`,
      expected: `${expected.verdicts.join(" or ")}, ${expected.cause}, shown: ${expected.fault}`,
    }));
  expect(wrong, faultTableText(cells)).toEqual([]);
});
