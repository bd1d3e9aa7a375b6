import { emergencyShape } from "@loa/controller/api/emergency-shapes.ts";
import { approvalUrlOf } from "@loa/controller/approval-url.ts";
import type { AreaId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { createOperator, type Operator } from "@loa/simulator/operator.ts";
import { type DemoTrust, makeTrust, siteAt } from "@loa/simulator/trust/demo-trust.ts";
import { raiseApproved as raiseByDemo } from "@loa/simulator/trust/raise-approved.ts";
import { z } from "zod";
import type { ControlRoomProcess } from "../support/control-room-process.ts";

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

const drafted = z.object({ draft: z.object({ id: z.string() }) });

/** A new control room gets a roster, and two persons with keys in software who approve. */
export async function armed({ origin, root, admin }: ControlRoomProcess): Promise<DemoTrust> {
  const { protocol, port } = new URL(origin);
  const site = siteAt(approvalUrlOf(`${protocol}//localhost:${port}`));
  const newOperator = () => createOperator(origin, (request) => fetch(request));
  return await makeTrust({ newOperator, admin, province: root, site }, newKeyPair);
}

/** The one place in the benches where an actual emergency is raised; without `trust` by the persons of the demo. */
export async function raiseApproved(
  operator: Operator,
  order: RaiseOrder,
  trust: DemoTrust | null = null,
): Promise<Raised> {
  const { area, headline, sirenS, times, durationMin } = order;
  const draft = { areas: [area], severity: "actual", headline, message: null, confirm: "KHẨN CẤP" };
  const said = { ...draft, ...{ sirenS, times, gapS: 0, durationMin } };
  if (trust !== null) return await raiseByPersons(operator, trust, said);
  const { emergency, pressedAt } = await raiseByDemo(operator, said, emergencyShape);
  return { id: emergency.id, pressedAt };
}

async function raiseByPersons(operator: Operator, trust: DemoTrust, body: object): Promise<Raised> {
  const { draft } = await operator.do("POST", "/api/v1/emergencies", drafted, body);
  for (const { person } of trust.approvers) {
    const pressedAt = Date.now();
    const approved = await trust.approve(draft.id, person);
    if (approved === null || approved.emergency === null) continue;
    return { id: emergencyShape.parse(approved.emergency).id, pressedAt };
  }
  throw new Error(`draft ${draft.id} waits for more persons than there are`);
}
