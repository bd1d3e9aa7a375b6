import { z } from "zod";
import { type Emergency, emergency, MAX_EMERGENCY_MS } from "../broadcast/emergency.ts";
import { capability } from "../device/capability.ts";
import { areaId, boxId, type EmergencyId, emergencyId, userId } from "../kernel/ids.ts";
import { type Instant, instant, plus } from "../kernel/time.ts";
import { approval } from "./approval.ts";
import { canonicalText, readCanonical } from "./canonical.ts";

/** What persons approve: the whole of an emergency but the moment at which it goes out. */
const said = {
  id: emergencyId,
  severity: emergency.shape.severity,
  headline: emergency.shape.headline,
  sirenMs: emergency.shape.sirenMs,
  notice: emergency.shape.notice,
  times: emergency.shape.times,
  gapMs: emergency.shape.gapMs,
  /** It ends so long after it went out. */
  durationMs: z.number().int().min(1_000).max(MAX_EMERGENCY_MS),
  /** Who wrote it, and may not approve it. */
  author: userId,
  /** A STOP at or after this voids it. */
  draftedAt: instant,
};

/** Areas of one order. */
export const MAX_ORDER_AREAS = 200;

export const emergencyOrder = z.strictObject({
  v: z.literal(1),
  kind: z.literal("emergency"),
  ...said,
  areas: z.array(areaId).min(1).max(MAX_ORDER_AREAS),
  stream: emergency.shape.stream,
  /** An emergency that this one takes the place of. */
  replaces: emergencyId.nullable(),
  /** What is said in one press when it was wrong; null: nothing was prepared. */
  correction: z.strictObject({ id: emergencyId, notice: emergency.shape.notice }).nullable(),
  /** It goes out before this, or not at all. */
  approveBy: instant,
});
export type EmergencyOrder = z.infer<typeof emergencyOrder>;

/** A message that a key switch or a sensor of one box starts by itself, without any network. It ranks as actual. */
export const localOrder = z.strictObject({
  v: z.literal(1),
  kind: z.literal("local-emergency"),
  ...said,
  severity: z.literal("actual"),
  box: boxId,
  /** The point that starts it: when its value is at or above the limit (`above`) or at or below it (`below`). */
  trigger: z.strictObject({ capability, edge: z.enum(["above", "below"]), limit: z.number() }),
  from: instant,
  to: instant,
});
export type LocalOrder = z.infer<typeof localOrder>;

export const approvedOrder = z.discriminatedUnion("kind", [emergencyOrder, localOrder]);
export type ApprovedOrder = z.infer<typeof approvedOrder>;

/** The order's canonical text, and who has approved that very text. */
export const signedOrder = z.strictObject({
  payload: z
    .string()
    .min(2)
    .max(12 * 1024),
  approvals: z.array(approval).max(5),
});
export type SignedOrder = z.infer<typeof signedOrder>;

/** Longest id that travels. */
const MAX_ID_LENGTH = 64;

/** Each start of a local emergency is an emergency of its own, with a receipt of its own: `flood-1`, `flood-2`. */
export function startIdOf(order: EmergencyId, start: number): EmergencyId {
  const end = `-${start}`;
  return emergencyId.parse(`${order.slice(0, MAX_ID_LENGTH - end.length)}${end}`);
}

/** The order of which this is a start. */
export function orderIdOf(started: EmergencyId): EmergencyId {
  return emergencyId.parse(started.replace(/-\d+$/, ""));
}

export function orderText(order: ApprovedOrder): string {
  return canonicalText<ApprovedOrder>(approvedOrder, order);
}

export function readOrder(payload: string): ApprovedOrder | null {
  return readCanonical<ApprovedOrder>(approvedOrder, payload);
}

/** The emergency that an order becomes when it goes out at this moment. */
export function emergencyFrom(order: ApprovedOrder, at: Instant): Emergency {
  const { id, severity, headline, sirenMs, notice, times, gapMs, durationMs } = order;
  const plain = {
    id,
    severity,
    headline,
    at,
    expiresAt: plus(at, durationMs),
    sirenMs,
    notice,
    times,
    gapMs,
  };
  if (order.kind !== "emergency") return plain;
  const { replaces, correction, stream } = order;
  return {
    ...plain,
    ...(stream === undefined ? {} : { stream }),
    ...(replaces === null ? {} : { replaces }),
    ...(correction === null ? {} : { correction }),
  };
}
