import { faultTableText, makeFaultTable } from "../support/fault-table.ts";
import { atLeast, atMost, type BenchRow } from "./bench-row.ts";

/** Every kind of fault at every moment of a bulletin, in the deterministic world; the table goes to stderr. */
export async function bench(): Promise<BenchRow[]> {
  const cells = await makeFaultTable("receipts");
  process.stderr.write(`${faultTableText(cells)}\n`);
  const right = cells.filter((cell) => cell.isRight).length;
  const falseHeard = cells.filter((cell) => cell.isFalseHeard).length;
  return [
    atLeast(`right receipts of ${cells.length} faults × moments`, (100 * right) / cells.length, "%", 100),
    atMost("false «heard» in them", falseHeard, "receipts", 0),
  ];
}
