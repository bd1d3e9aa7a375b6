import type { BoxId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import { orderIdOf } from "@loa/shared/trust/order.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import type { EmergencyKeeper } from "./emergency-keeper.ts";

/** What else boxes say in an emergency besides what was raised: its correction, and what they have started themselves. */
export interface OtherMessage {
  readonly headline: string;
  readonly severity: "actual" | "exercise";
  /** Whether this box can have said it. */
  readonly isFor: (box: BoxId) => boolean;
}

export function otherMessage(
  id: EmergencyId,
  emergencies: Pick<EmergencyKeeper, "corrected">,
  drafts: Pick<DraftKeeper, "find">,
): OtherMessage | null {
  const corrected = emergencies.corrected(id);
  if (corrected !== null) {
    const { headline, severity } = corrected.stored.emergency;
    return { headline, severity, isFor: corrected.isFor };
  }
  const local = drafts.find(orderIdOf(id));
  if (local === null || local.order.kind === "emergency" || local.raisedAt === null) return null;
  const { headline, severity, box } = local.order;
  return { headline, severity, isFor: (other) => other === box };
}
