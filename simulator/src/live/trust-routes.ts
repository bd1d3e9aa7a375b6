import { z } from "zod";
import type { DemoTrust } from "../trust/demo-trust.ts";

const standingBody = z.object({ standingApproval: z.string(), person: z.string() });
const approveBody = z.object({ draft: z.string(), person: z.string() });

/** What the other persons of the demo can be asked to do; null: not ours. */
export async function askOthers(request: Request, trust: DemoTrust | null): Promise<Response | null> {
  const asked = `${request.method} ${new URL(request.url).pathname}`;
  if (trust === null) return null;
  if (asked === "GET /sim/approvers") return Response.json({ approvers: trust.approvers });
  if (asked === "POST /sim/sign-roster")
    return await told(async () => ({ version: await trust.signRoster() }));
  if (asked === "POST /sim/approve-standing") return await approveStanding(request, trust);
  if (asked !== "POST /sim/approve") return null;
  const body = approveBody.safeParse(await request.json().catch(() => null));
  if (!body.success) return refused(422, "bad-body", "no draft and person");
  const { draft, person } = body.data;
  return await told(async () => await trust.approve(draft, person));
}

async function approveStanding(request: Request, trust: DemoTrust): Promise<Response> {
  const body = standingBody.safeParse(await request.json().catch(() => null));
  if (!body.success) return refused(422, "bad-body", "no standing approval and person");
  const { standingApproval, person } = body.data;
  return await told(async () => ((await trust.approveStanding(standingApproval, person)) ? {} : null));
}

/** What the controller says against it, is said to whoever asked. */
async function told(act: () => Promise<object | null>): Promise<Response> {
  try {
    const answer = await act();
    return answer === null ? refused(404, "not-found", "nobody of this name") : Response.json(answer);
  } catch (error) {
    return refused(409, "refused", error instanceof Error ? error.message : String(error));
  }
}

function refused(status: number, code: string, title: string): Response {
  const headers = { "content-type": "application/problem+json" };
  return Response.json({ status, code, title }, { status, headers });
}
