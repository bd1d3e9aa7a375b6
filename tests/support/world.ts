import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import { type AreaId, areaId } from "@loa/shared/kernel/ids.ts";
import {
  DAY_MS,
  type Instant,
  type LocalDate,
  type LocalTime,
  MINUTE_MS,
  plus,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import type { Order } from "@loa/simulator/virtual/history.ts";
import { createNewsroom } from "@loa/simulator/virtual/newsroom.ts";
import { createVirtualWorld, type WorldBox } from "@loa/simulator/virtual/virtual-world.ts";
import { onTestFinished } from "vitest";
import { z } from "zod";

const date = "2026-11-30" as LocalDate;

const receiptRows = z.object({
  receipts: z.array(
    z.object({
      boxId: z.string(),
      occurrenceId: z.string(),
      verdict: z.string(),
      cause: z.string().nullable(),
      at: z.number(),
    }),
  ),
});
const boxRows = z.object({
  boxes: z.array(
    z.object({
      boxId: z.string(),
      wantedRevision: z.number(),
      appliedRevision: z.number(),
      presence: z.object({ state: z.string() }),
      faults: z.array(z.object({ kind: z.string() })),
    }),
  ),
});

export type World = Awaited<ReturnType<typeof world>>;

/** Some real agents and the real controller on a virtual clock, from a Monday, 04:00, on. */
export async function world(options: { readonly boxes?: number; readonly beginsAt?: string } = {}) {
  const beginsAt = toInstant(date, (options.beginsAt ?? "04:00:00") as LocalTime);
  const made = await createVirtualWorld({ seed: "scenario", boxes: options.boxes ?? 1, beginsAt });
  onTestFinished(() => made.controller.database.close());
  const newsroom = createNewsroom(made);
  const { time, operator, drive } = made;
  const at = (clock: string) => toInstant(date, clock as LocalTime);
  return {
    ...made,
    newsroom,
    at,
    until: (moment: Instant) => time.runUntil(time.timeOf(moment)),
    /** A bulletin of some minutes, every day at these times, for the whole province. */
    order(
      times: readonly string[],
      minutes: number,
      area: AreaId = areaId.parse(PROVINCE_ID),
    ): Promise<Order> {
      const recurrence: Recurrence = {
        times: times.map((one) => one as LocalTime),
        weekdays: [1, 2, 3, 4, 5, 6, 7],
        from: date,
        to: null,
        except: [],
        repeat: null,
      };
      const title = `Bản tin ${times.join(" ")}`;
      return drive(
        newsroom.order({
          title,
          area,
          recurrence,
          durationMs: minutes * MINUTE_MS,
          class: "normal",
          order: 0,
        }),
      );
    },
    stop: (area = PROVINCE_ID) => drive(newsroom.stop(areaId.parse(area))),
    async receipts() {
      const from = plus(beginsAt, -DAY_MS);
      const path = `/api/v1/receipts?area=${PROVINCE_ID}&from=${from}&to=${plus(time.instant(), DAY_MS)}`;
      return (await drive(operator.do("GET", path, receiptRows))).receipts;
    },
    rows: async () => (await drive(operator.do("GET", "/api/v1/boxes", boxRows))).boxes,
    heard: ({ machine }: WorldBox) =>
      machine.loudspeaker.stretches.map(({ from, to, offsetMs }) => ({
        from: time.instantAt(from),
        to: to === null ? null : time.instantAt(to),
        offsetMs,
      })),
  };
}
