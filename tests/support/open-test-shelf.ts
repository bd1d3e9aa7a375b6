import { openShelf, type ShelfPorts } from "@loa/edge-agent/devices/shelf.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import { onTestFinished } from "vitest";
import { createLogBook } from "./log-book.ts";
import type { TestTime } from "./test-time.ts";

/** Longer than any exchange that a closing line still waits for. */
const CLOSES_WITHIN_MS = 20_000;

/** The shelf of a cabinet without a chip, on a test's time and until its end; `reports` grows. */
export function openTestShelf(time: TestTime, cabinet: Pick<ShelfPorts, "devices" | "leftOut" | "linkFor">) {
  const shelf = openShelf({
    ...cabinet,
    gpioFor: () => {
      throw new Error("no pins here");
    },
    clock: time.clock,
    timers: time.timers,
    log: createLogBook(),
  });
  onTestFinished(async () => {
    const closed = shelf.close();
    await time.advance(CLOSES_WITHIN_MS);
    await closed;
  });
  const reports: DeviceReport[] = [];
  shelf.onReport((report) => reports.push(report));
  return { shelf, reports };
}
