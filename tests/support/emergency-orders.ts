import type { OrderToRaise } from "@loa/controller/changes.ts";
import type { AreaId, EmergencyId, UserId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import type { EmergencyOrder } from "@loa/shared/trust/order.ts";

/** An emergency as one person raises it where no roster is in force. */
export function unsignedOrder(
  id: string,
  areas: readonly AreaId[],
  { at, by, ...changed }: { readonly at: Instant; readonly by: UserId } & Partial<EmergencyOrder>,
): OrderToRaise {
  return {
    order: {
      v: 1,
      kind: "emergency",
      id: id as EmergencyId,
      severity: "actual",
      headline: "Lũ về, di dời ngay",
      sirenMs: 8_000,
      notice: null,
      times: 2,
      gapMs: 5_000,
      durationMs: 6 * HOUR_MS,
      author: by,
      draftedAt: at,
      areas: [...areas],
      replaces: null,
      correction: null,
      approveBy: plus(at, 30 * MINUTE_MS),
      ...changed,
    },
    signed: null,
    by,
  };
}
