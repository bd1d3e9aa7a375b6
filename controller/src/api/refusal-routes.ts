import { createRoute, z } from "@hono/zod-openapi";
import { instant } from "@loa/shared/kernel/time.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { problemWords, refusals } from "./http-problem.ts";
import { requireRole } from "./operator.ts";
import type { RefusedRequests } from "./refused-requests.ts";

const places = ["page", "link", "box"] as const;

const refusedShape = z.object({
  /** `link`: the broker and the door behind it; `box`: a box, of what came to it in our name. */
  at: z.enum(places),
  reason: z.string(),
  count: z.number().int(),
  /** In words, where a request was refused. */
  title: z.string().nullable(),
  titleVi: z.string().nullable(),
});
type Refused = z.infer<typeof refusedShape>;

const listRefusals = createRoute({
  method: "get",
  path: "/api/v1/trust/refusals",
  summary:
    "What was refused since the start: at the pages, at the link to the boxes, and by boxes themselves",
  responses: {
    200: {
      description: "Reasons that have occurred, the most frequent first",
      content: {
        "application/json": {
          schema: z.object({
            since: instant,
            refusals: z.array(refusedShape).readonly(),
          }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

export function refusalRoutes(api: Api, deps: ApiDeps, requests: RefusedRequests): void {
  const since = deps.clock.now();
  api.openapi(listRefusals, (c) => {
    requireRole(c.get("operator"), "read-audit");
    const { broker, messagesRefused, commandsRefused } = deps.figures();
    const ofLink = new Map<string, number>(Object.entries(broker.refused));
    for (const [reason, count] of Object.entries(messagesRefused)) {
      ofLink.set(reason, (ofLink.get(reason) ?? 0) + count);
    }
    const all = [
      ...[...ofLink].map(([reason, count]) => refused("link", reason, count)),
      ...Object.entries(commandsRefused).map(([reason, count]) => refused("box", reason, count)),
      ...Object.entries(requests.counts()).map(([reason, count]) => refused("page", reason, count)),
    ];
    const shown = all.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
    return c.json({ since, refusals: shown }, 200);
  });
}

function refused(at: Refused["at"], reason: string, count: number): Refused {
  const words = at === "page" ? problemWords(reason) : null;
  return { at, reason, count, title: words?.en ?? null, titleVi: words?.vi ?? null };
}
