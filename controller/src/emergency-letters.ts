import type { CommandId } from "@loa/shared/kernel/ids.ts";
import { asInstant, type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import type { StoredEmergency } from "./store/emergencies.ts";

/** What boxes are told of an emergency: that it is raised, or that it is over before its end. */
export interface Letter {
  readonly kind: "emergency" | "cancel";
  readonly command: CommandId;
  readonly body: unknown;
  /** What of the body stands in the row of each box; the emergency itself lies beside it, once. */
  readonly stub: string;
  readonly expiresAt: Instant;
}

/** A correction is worth saying also after the end of what was wrong. */
const CORRECTION_VALID_MS = 10 * MINUTE_MS;

/** Null: there is nothing to cancel. */
export function letterOf(stored: StoredEmergency, what: "raise" | "cancel"): Letter | null {
  const { emergency, command, cancelled } = stored;
  if (what === "raise") {
    const stub = JSON.stringify({ emergency: emergency.id });
    return { kind: "emergency", command, body: bodyOf(stored), stub, expiresAt: emergency.expiresAt };
  }
  if (cancelled === null) return null;
  const { at, isCorrected } = cancelled;
  const body = { emergency: emergency.id, ...(isCorrected ? { correctedAt: at } : {}) };
  const correctedUntil = isCorrected ? plus(at, CORRECTION_VALID_MS) : at;
  return {
    kind: "cancel",
    command: cancelled.command,
    body,
    stub: JSON.stringify(body),
    expiresAt: asInstant(Math.max(emergency.expiresAt, correctedUntil)),
  };
}

/** Body of the envelope that raises it: the same at every sending, in every run. */
export function bodyOf({ emergency, signed }: StoredEmergency): unknown {
  if (signed === null) return { emergency };
  return "alert" in signed ? { emergency, proof: signed } : { emergency, order: signed };
}
