import { boxRow, receiptRow } from "@loa/controller/api/box-shapes.ts";
import { NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import { type AreaId, type BoxId, type ScheduleId, scheduleId } from "@loa/shared/kernel/ids.ts";
import { asInstant, type Instant, plus, SECOND_MS, toLocal } from "@loa/shared/kernel/time.ts";
import { createOperator, type Operator, type UploadedClip } from "@loa/simulator/operator.ts";
import { z } from "zod";
import { eventually } from "./eventually.ts";

const boxesAnswer = z.object({ now: z.number(), boxes: z.array(boxRow) });
const receiptsAnswer = z.object({ receipts: z.array(receiptRow) });
const scheduleAnswer = z.object({ schedule: z.object({ id: scheduleId }) });
const schedulesAnswer = z.object({
  schedules: z.array(z.object({ id: scheduleId, withdrawnAt: z.number().nullable() })),
});
const stopAnswer = z.object({ id: z.string(), boxes: z.number() });

export type ListedBox = z.infer<typeof boxRow>;
export type ListedReceipt = z.infer<typeof receiptRow>;

/** What an operator does and sees over HTTP, in a test's words. */
export interface Desk {
  readonly operator: Operator;
  boxes(): Promise<readonly ListedBox[]>;
  box(id: BoxId): Promise<ListedBox>;
  /** Looks until the box is as it should be. */
  boxWhen(what: string, limitMs: number, id: BoxId, isSo: (box: ListedBox) => boolean): Promise<ListedBox>;
  /** The tests run at any hour: nothing is quiet. */
  liftRules(area: AreaId): Promise<void>;
  /** No schedule of the demo comes in between. */
  withdrawAll(): Promise<void>;
  /** Plays once, at the second that lies at least `aheadMs` from now. */
  playOnce(order: OrderOfTest): Promise<PlacedOrder>;
  receipts(schedule: ScheduleId): Promise<readonly ListedReceipt[]>;
  /** Waits for the box's own word; `unknown` is the controller's. */
  receipt(schedule: ScheduleId, box: BoxId, limitMs: number): Promise<ListedReceipt>;
  stop(area: AreaId): Promise<{ readonly id: string; readonly boxes: number }>;
}

export interface OrderOfTest {
  readonly title: string;
  readonly areas: readonly AreaId[];
  readonly clip: UploadedClip;
  readonly aheadMs: number;
}
export interface PlacedOrder {
  readonly id: ScheduleId;
  readonly dueAt: Instant;
}

export async function openDesk(
  origin: string,
  user: string,
  password: string,
  ask: (request: Request) => Promise<Response> = fetch,
): Promise<Desk> {
  const operator = createOperator(origin, (request) => ask(request));
  await operator.signIn(user, password);
  const boxes = async () => (await operator.do("GET", "/api/v1/boxes", boxesAnswer)).boxes;

  async function box(id: BoxId): Promise<ListedBox> {
    const found = (await boxes()).find(({ boxId }) => boxId === id);
    if (found === undefined) throw new Error(`no box ${id}`);
    return found;
  }

  async function receipts(schedule: ScheduleId): Promise<readonly ListedReceipt[]> {
    const path = `/api/v1/receipts?schedule=${schedule}`;
    return (await operator.do("GET", path, receiptsAnswer)).receipts;
  }

  return {
    operator,
    boxes,
    box,
    async boxWhen(what, limitMs, id, isSo) {
      return await eventually(what, limitMs, async () => {
        const seen = await box(id);
        return isSo(seen) ? seen : null;
      });
    },
    async liftRules(area) {
      await operator.do("PUT", `/api/v1/areas/${area}/rules`, z.unknown(), NO_RULES);
    },
    async withdrawAll() {
      const { schedules } = await operator.do("GET", "/api/v1/schedules", schedulesAnswer);
      const standing = schedules.filter(({ withdrawnAt }) => withdrawnAt === null);
      for (const { id } of standing) await operator.do("DELETE", `/api/v1/schedules/${id}`, z.unknown());
    },
    async playOnce({ title, areas, clip, aheadMs }) {
      const dueAt = asInstant(Math.ceil((Date.now() + aheadMs) / SECOND_MS) * SECOND_MS);
      const { date, time } = toLocal(dueAt);
      const { schedule } = await operator.do("POST", "/api/v1/schedules", scheduleAnswer, {
        title,
        areas,
        clip: clip.sha256,
        class: "normal",
        field: "other",
        recurrence: {
          times: [time],
          weekdays: [1, 2, 3, 4, 5, 6, 7],
          from: date,
          to: date,
          except: [],
          repeat: null,
        },
      });
      return { id: schedule.id, dueAt };
    },
    receipts,
    receipt: (schedule, id, limitMs) =>
      eventually(`receipt of ${id}`, limitMs, async () => {
        const all = await receipts(schedule);
        return all.find((one) => one.boxId === id && one.verdict !== "unknown") ?? null;
      }),
    stop: (area) => operator.do("POST", `/api/v1/areas/${area}/stop`, stopAnswer),
  };
}

/** Until this instant of the wall clock has passed. */
export async function untilPast(at: Instant, andMs = 0): Promise<void> {
  const waitMs = plus(at, andMs) - Date.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
