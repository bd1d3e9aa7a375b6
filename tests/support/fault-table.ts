import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import { type AreaId, areaId, type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import {
  DAY_MS,
  type LocalDate,
  type LocalTime,
  MINUTE_MS,
  plus,
  SECOND_MS,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { createNewsroom } from "@loa/simulator/virtual/newsroom.ts";
import { createVirtualWorld, type VirtualWorld } from "@loa/simulator/virtual/virtual-world.ts";
import { type DeviceFault, deviceFaults } from "@loa/simulator/virtual-device/device-fault.ts";
import { z } from "zod";
import { bulletinMs, type FaultMoment, momentNames, moments } from "./fault-moments.ts";
import { type Expected, expectedOf, fits } from "./fault-table-expected.ts";

/** One fault kind at one moment, as one box lived through it. */
export interface FaultCell {
  readonly fault: DeviceFault;
  readonly moment: FaultMoment;
  readonly verdict: string;
  readonly cause: string | null;
  readonly expected: Expected;
  /** Faults that the controller showed of this box while the table was made. */
  readonly shown: readonly string[];
  readonly isRight: boolean;
  /** It says that people heard all of it, and they cannot have. */
  readonly isFalseHeard: boolean;
}

const date = "2026-11-30" as LocalDate;
const beginsAt = toInstant(date, "04:00:00" as LocalTime);
const dueAt = toInstant(date, "05:00:00" as LocalTime);
/** When the boxes have said their last word: holds, read-backs and pauses after failures are over. */
const lastLookAt = plus(dueAt, bulletinMs + 8 * MINUTE_MS);
const receiptRows = z.object({
  receipts: z.array(z.object({ boxId, verdict: z.string(), cause: z.string().nullable() })),
});
const boxRows = z.object({
  boxes: z.array(z.object({ boxId, faults: z.array(z.object({ kind: z.string() })) })),
});

/** Every kind of fault at every moment of a bulletin: one box each, all in one province with the real controller. */
export async function makeFaultTable(seed: string): Promise<readonly FaultCell[]> {
  const cells = deviceFaults.flatMap((fault) => momentNames.map((moment) => ({ fault, moment })));
  const world = await createVirtualWorld({ seed, boxes: cells.length, beginsAt });
  try {
    await orderBulletin(world);
    cells.forEach(({ fault, moment }, index) => {
      planFault(world, index, fault, moment);
    });
    const shown = await watchFaults(world);
    const receipts = await readReceipts(world);
    return cells.map(({ fault, moment }, index): FaultCell => {
      const id = world.boxes[index]?.machine.id;
      const { verdict, cause } = receipts.find((row) => row.boxId === id) ?? { verdict: "none", cause: null };
      const expected = expectedOf(fault, moment);
      const faults = [...(id === undefined ? [] : (shown.get(id) ?? []))];
      return {
        ...{ fault, moment, verdict, cause, expected, shown: faults },
        isRight: fits(expected, verdict, cause, faults),
        isFalseHeard: verdict === "heard" && !expected.verdicts.includes("heard"),
      };
    });
  } finally {
    world.controller.database.close();
  }
}

async function orderBulletin(world: VirtualWorld): Promise<void> {
  const recurrence: Recurrence = {
    times: ["05:00:00" as LocalTime],
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from: date,
    to: null,
    except: [],
    repeat: null,
  };
  const area: AreaId = areaId.parse(PROVINCE_ID);
  const draft = {
    title: "Bản tin",
    area,
    recurrence,
    durationMs: bulletinMs,
    class: "normal",
    order: 0,
  } as const;
  await world.drive(createNewsroom(world).order(draft));
}

function planFault(world: VirtualWorld, index: number, fault: DeviceFault, moment: FaultMoment): void {
  const { time, boxes } = world;
  const device = boxes[index]?.machine.amplifier;
  const { fromMs, toMs } = moments[moment];
  time.at(time.timeOf(plus(dueAt, fromMs)), () => device?.setFault(fault));
  if (toMs !== null) time.at(time.timeOf(plus(dueAt, toMs)), () => device?.setFault(null));
}

/** Lets it all happen, and looks at the page's list of faults every half minute. */
async function watchFaults({ time, drive, operator }: VirtualWorld): Promise<Map<BoxId, Set<string>>> {
  const shown = new Map<BoxId, Set<string>>();
  for (let at = plus(dueAt, -41 * MINUTE_MS); at < lastLookAt; at = plus(at, 30 * SECOND_MS)) {
    await time.runUntil(time.timeOf(at));
    const { boxes } = await drive(operator.do("GET", "/api/v1/boxes", boxRows));
    for (const { boxId: id, faults } of boxes)
      shown.set(id, new Set([...(shown.get(id) ?? []), ...faults.map(({ kind }) => kind)]));
  }
  return shown;
}

async function readReceipts({ drive, operator }: VirtualWorld) {
  const path = `/api/v1/receipts?area=${PROVINCE_ID}&from=${beginsAt}&to=${plus(beginsAt, DAY_MS)}`;
  return (await drive(operator.do("GET", path, receiptRows))).receipts;
}

/** For people: a row for each fault, a column for each moment; what is wrong is marked. */
export function faultTableText(cells: readonly FaultCell[]): string {
  const lines = deviceFaults.map((fault) => {
    const row = momentNames.map((moment) => {
      const cell = cells.find((one) => one.fault === fault && one.moment === moment);
      return cell === undefined ? "" : `${cell.isRight ? "" : "✗ "}${cell.verdict}${cellCause(cell)}`;
    });
    return `| ${[fault, ...row].join(" | ")} |`;
  });
  const head = ["fault", ...momentNames];
  return [`| ${head.join(" | ")} |`, `|${head.map(() => "---").join("|")}|`, ...lines].join("\n");
}

function cellCause({ cause }: FaultCell): string {
  return cause === null ? "" : `, ${cause}`;
}
