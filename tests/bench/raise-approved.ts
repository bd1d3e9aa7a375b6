import { emergencyShape } from "@loa/controller/api/emergency-shapes.ts";
import type { AreaId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import type { Operator } from "@loa/simulator/operator.ts";
import { z } from "zod";

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

const answer = z.object({ emergency: emergencyShape });

/** The one place in the benches where an actual emergency is raised. */
export async function raiseApproved(operator: Operator, order: RaiseOrder): Promise<Raised> {
  const { area, headline, sirenS, times, durationMin } = order;
  const draft = { areas: [area], severity: "actual", headline, message: null, confirm: "KHẨN CẤP" };
  const said = { sirenS, times, gapS: 0, durationMin };
  const pressedAt = Date.now();
  const { emergency } = await operator.do("POST", "/api/v1/emergencies", answer, { ...draft, ...said });
  return { id: emergency.id, pressedAt };
}
