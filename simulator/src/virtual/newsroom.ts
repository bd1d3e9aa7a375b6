import type { BulletinClass } from "@loa/shared/broadcast/content.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import { type AreaId, type CommandId, commandId, scheduleId, sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Order } from "./history.ts";
import { virtualClipBytes } from "./virtual-clip.ts";
import { boxesIn, type VirtualWorld } from "./virtual-world.ts";

/** What the people of the province do, through HTTP, and what they remember of it. */
export interface Newsroom {
  readonly orders: readonly Order[];
  readonly stops: readonly StopOrder[];
  /** Uploads a new clip and schedules it. Throws with the problem when it is refused. */
  order(draft: Draft): Promise<Order>;
  withdraw(order: Order): Promise<void>;
  stop(area: AreaId): Promise<StopOrder>;
}

export interface Draft {
  readonly title: string;
  readonly area: AreaId;
  readonly recurrence: Recurrence;
  readonly durationMs: number;
  readonly class: Exclude<BulletinClass, "emergency">;
  readonly order: number;
}

export interface StopOrder {
  readonly id: CommandId;
  readonly at: Instant;
  readonly area: AreaId;
}

const scheduleAnswer = z.object({ schedule: z.object({ id: scheduleId, createdAt: instant }) });
const stopAnswer = z.object({ id: commandId, at: instant });
/** Speech as it comes from a studio, dBFS. */
const STUDIO_RMS_DB = -22;

export function createNewsroom(world: VirtualWorld): Newsroom {
  const { operator, time } = world;
  const orders: Order[] = [];
  const stops: StopOrder[] = [];
  let clips = 0;
  return {
    orders,
    stops,
    async order({ title, area, recurrence, durationMs, class: its, order }) {
      clips += 1;
      const bytes = virtualClipBytes({ clip: `${title} ${clips}`, durationMs, rmsDb: STUDIO_RMS_DB });
      const clip = await operator.upload(`${clips}.mp3`, bytes);
      const body = { title, clip: clip.sha256, class: its, field: "other", areas: [area], recurrence, order };
      const { schedule } = await operator.do("POST", "/api/v1/schedules", scheduleAnswer, body);
      const made: Order = {
        schedule: {
          id: schedule.id,
          title,
          class: its,
          order,
          recurrence,
          turnMs: 0,
          chime: false,
          items: [{ kind: "clip", sha256: sha256.parse(clip.sha256), durationMs, end: "soft" }],
          exception: false,
          effectiveFrom: schedule.createdAt,
        },
        boxes: boxesIn(world, area),
        createdAt: schedule.createdAt,
        withdrawnAt: null,
      };
      orders.push(made);
      return made;
    },
    async withdraw(order) {
      await operator.do("DELETE", `/api/v1/schedules/${order.schedule.id}`, z.unknown());
      orders.splice(orders.indexOf(order), 1, { ...order, withdrawnAt: time.instant() });
    },
    async stop(area) {
      const { id, at } = await operator.do("POST", `/api/v1/areas/${area}/stop`, stopAnswer);
      const stop = { id, at, area };
      stops.push(stop);
      return stop;
    },
  };
}
