import { z } from "@hono/zod-openapi";
import { areaId, type UserId } from "@loa/shared/kernel/ids.ts";
import { type LocalDate, localDate } from "@loa/shared/kernel/time.ts";
import { type DatedGrant, grantFault, roles } from "../domain/access.ts";
import type { AuditAct } from "../domain/audit-acts.ts";
import { writeAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { insertGrant } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";
import { type Operator, requireOwnArea } from "./operator.ts";

/** A role in an area, from a day (today when left out) until before another (until somebody ends it). */
export const grantWish = z.object({
  role: z.enum(roles),
  areaId,
  from: localDate.optional(),
  to: localDate.nullable().optional(),
});

/** The grant that was wished for, where this person may give it and its dates are possible. */
export async function requireGrant(
  deps: ApiDeps,
  operator: Operator,
  wish: z.infer<typeof grantWish>,
): Promise<DatedGrant> {
  await requireOwnArea(deps, operator, "set-up-people", wish.areaId);
  const grant = datedBy(wish, operator.today);
  const reason = grantFault(grant, operator.today);
  if (reason !== null) throw new HttpProblem("grant-refused", { reason });
  return grant;
}

function datedBy({ role, areaId: area, from, to }: z.infer<typeof grantWish>, today: LocalDate): DatedGrant {
  return { role, areaId: area, from: from ?? today, to: to ?? null };
}

export async function give(
  deps: ApiDeps,
  tx: Database,
  operator: Operator,
  user: UserId,
  grant: DatedGrant,
): Promise<void> {
  await insertGrant(tx, user, grant);
  await writeGrantAudit(deps, tx, operator, "grant.given", user, grant);
}

export function writeGrantAudit(
  deps: ApiDeps,
  tx: Database,
  operator: Operator,
  act: AuditAct,
  user: UserId,
  { role, areaId: area, from, to }: DatedGrant,
): Promise<void> {
  return writeAudit(tx, {
    at: deps.clock.now(),
    userId: operator.userId,
    act,
    subject: `user:${user}`,
    areaId: area,
    detail: { role, from, to },
  });
}
