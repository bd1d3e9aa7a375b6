import type { Instant } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { z } from "zod";
import type { Operator } from "../operator.ts";

const raised = z.union([
  z.object({ emergency: z.unknown() }),
  z.object({ draft: z.object({ id: z.string() }) }),
]);
const approvers = z.object({ approvers: z.array(z.object({ person: z.string() })) });
const approved = z.object({ emergency: z.unknown() });

/**
 * Raises an emergency in the live province: the person drafts it, and the other persons of the demo approve it one after
 * the other until it goes out. `pressedAt` is when the last of them pressed, on this machine's clock, ms.
 */
export async function raiseApproved<Schema extends z.ZodType>(
  operator: Operator,
  body: object,
  schema: Schema,
): Promise<{ readonly emergency: z.infer<Schema>; readonly pressedAt: Instant }> {
  let pressedAt = nodeClock.now();
  const answer = await operator.do("POST", "/api/v1/emergencies", raised, body);
  if ("emergency" in answer) return { emergency: schema.parse(answer.emergency), pressedAt };
  const { approvers: persons } = await operator.do("GET", "/sim/approvers", approvers);
  for (const { person } of persons) {
    pressedAt = nodeClock.now();
    const order = { draft: answer.draft.id, person };
    const { emergency } = await operator.do("POST", "/sim/approve", approved, order);
    if (emergency !== null) return { emergency: schema.parse(emergency), pressedAt };
  }
  throw new Error(`draft ${answer.draft.id} waits for more persons than the demo has`);
}
