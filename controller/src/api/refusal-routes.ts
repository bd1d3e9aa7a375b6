import { createRoute, z } from "@hono/zod-openapi";
import { instant } from "@loa/shared/kernel/time.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { refusals } from "./http-problem.ts";
import { requireRole } from "./operator.ts";

const listRefusals = createRoute({
  method: "get",
  path: "/api/v1/trust/refusals",
  summary: "How often the broker and the door behind it have refused something since the start, by reason",
  responses: {
    200: {
      description: "Reasons that have occurred, the most frequent first",
      content: {
        "application/json": {
          schema: z.object({
            since: instant,
            refusals: z.array(z.object({ reason: z.string(), count: z.number().int() })).readonly(),
          }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

export function refusalRoutes(api: Api, deps: ApiDeps): void {
  const since = deps.clock.now();
  api.openapi(listRefusals, (c) => {
    requireRole(c.get("operator"), "read-audit");
    const { broker, messagesRefused } = deps.figures();
    const counts = new Map<string, number>(Object.entries(broker.refused));
    for (const [reason, count] of Object.entries(messagesRefused)) {
      counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
    const shown = [...counts]
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((a, b) => b.count - a.count);
    return c.json({ since, refusals: shown }, 200);
  });
}
