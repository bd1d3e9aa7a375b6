import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { isWithin } from "@loa/shared/broadcast/area.ts";
import type { Cause, Verdict } from "@loa/shared/broadcast/receipt.ts";
import { type FaultKind, silencing } from "@loa/shared/device/fault.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { PresenceState } from "./box-row.ts";
import { isInTouch } from "./fleet.ts";

/** What a person types before it goes out, so that a drill is never raised as the real thing, nor the other way round. */
export const confirmations = { actual: "KHẨN CẤP", exercise: "DIỄN TẬP" } as const;

/** The case of the letters is no mistake, and keyboards compose marks in different ways. */
export function isConfirmed(severity: keyof typeof confirmations, typed: string): boolean {
  return typed.normalize("NFC").trim().toLocaleUpperCase("vi") === confirmations[severity];
}

/** The areas without those that lie in another one: each box hears of it once. */
export function topmost(areas: readonly AreaId[], tree: AreaTree): readonly AreaId[] {
  const all = [...new Set(areas)];
  return all.filter((area) => !all.some((other) => other !== area && isWithin(tree, area, other)));
}

export type Standing = "in-force" | "cancelled" | "over";

export function standingOf(
  one: {
    readonly emergency: { readonly expiresAt: Instant };
    readonly cancelled: object | null;
  },
  now: Instant,
): Standing {
  if (one.cancelled !== null) return "cancelled";
  return one.emergency.expiresAt <= now ? "over" : "in-force";
}

/** How far an emergency has come at one box. */
export const boxStates = [
  "audible",
  "failed",
  "refused",
  "stopped",
  "acknowledged",
  "waiting",
  "offline",
] as const;
export type EmergencyBoxState = (typeof boxStates)[number];

/** Everything that is known of an emergency at one box. */
export interface EmergencyFacts {
  readonly answer: "pending" | "accepted" | "refused" | "expired" | "replaced";
  /** The box's own last word; null until then. */
  readonly verdict: Exclude<Verdict, "unknown"> | null;
  readonly cause: Cause | null;
  /** Whether the box says that it is on the air there now. */
  readonly isSounding: boolean;
  readonly firstSoundAt: Instant | null;
  readonly faults: readonly FaultKind[];
  readonly presence: PresenceState;
}

/** Why nobody hears what the mixer plays; null: nothing is known against it. */
export function silencedBy(faults: readonly FaultKind[]): (typeof silencing)[number] | null {
  return silencing.find((kind) => faults.includes(kind)) ?? null;
}

/** A box's receipt counts more than what it said while it played; what nobody could hear is never audible. */
export function stateAt(facts: EmergencyFacts): {
  readonly state: EmergencyBoxState;
  readonly cause: Cause | null;
} {
  const { verdict, cause, answer } = facts;
  if (verdict === "missed" || verdict === "refused") {
    const isEnded = cause === "stopped" || cause === "cancelled";
    return { state: isEnded ? "stopped" : "failed", cause };
  }
  if (verdict !== null) return { state: "audible", cause };
  const silenced = silencedBy(facts.faults);
  if (facts.isSounding && silenced !== null) return { state: "failed", cause: silenced };
  if (facts.isSounding || facts.firstSoundAt !== null) return { state: "audible", cause: null };
  switch (answer) {
    case "refused":
      return { state: "refused", cause: null };
    case "accepted":
      return { state: "acknowledged", cause: null };
    case "replaced":
      return { state: "stopped", cause: null };
    case "pending":
    case "expired":
      return isInTouch(facts.presence)
        ? { state: "waiting", cause: null }
        : { state: "offline", cause: "offline" };
  }
}
