import { emergencyShape } from "@loa/controller/api/emergency-shapes.ts";
import type { AreaId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import type { Operator } from "@loa/simulator/operator.ts";
import { raiseApproved as raiseByDemo } from "@loa/simulator/trust/raise-approved.ts";

export interface RaiseOrder {
  readonly area: AreaId;
  readonly headline: string;
  readonly sirenS: number;
  readonly times: number;
  readonly durationMin: number;
}

export interface Raised {
  readonly id: EmergencyId;
  /** When the last person who was needed pressed, by the machine's wall clock, ms. */
  readonly pressedAt: number;
}

/** The one place in the benches where an actual emergency is raised. */
export async function raiseApproved(operator: Operator, order: RaiseOrder): Promise<Raised> {
  const { area, headline, sirenS, times, durationMin } = order;
  const draft = { areas: [area], severity: "actual", headline, message: null, confirm: "KHẨN CẤP" };
  const said = { sirenS, times, gapS: 0, durationMin };
  const { emergency, pressedAt } = await raiseByDemo(operator, { ...draft, ...said }, emergencyShape);
  return { id: emergency.id, pressedAt };
}
