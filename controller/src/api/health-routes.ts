import { createRoute, z } from "@hono/zod-openapi";
import { instant } from "@loa/shared/kernel/time.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import type { RefusedRequests } from "./refused-requests.ts";
import { isLoopback, remoteAddress } from "./remote-address.ts";

const health = createRoute({
  method: "get",
  path: "/healthz",
  summary: "Whether the controller is up",
  security: [],
  responses: {
    200: {
      description: "It is",
      content: {
        "application/json": {
          schema: z.object({ status: z.literal("ok"), since: instant, version: z.string() }),
        },
      },
    },
  },
});

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  summary: "Prometheus metrics, by bearer token, or from the loopback where no token is set",
  security: [{ metrics: [] }],
  responses: {
    200: { description: "Text exposition format", content: { "text/plain": { schema: z.string() } } },
    ...refusals("forbidden"),
  },
});

export function healthRoutes(api: Api, deps: ApiDeps, refused: Pick<RefusedRequests, "counts">): void {
  const since = deps.clock.now();

  api.openapi(health, (c) => c.json({ status: "ok" as const, since, version: deps.version }, 200));

  api.openapi(metricsRoute, async (c) => {
    if (!mayRead(deps, c.req.header("authorization"), remoteAddress(c))) throw new HttpProblem("forbidden");
    const { contentType, text } = await deps.metrics.render({
      ...deps.figures(),
      requestsRefused: refused.counts(),
      livePages: deps.feed.listeners,
      expiring: deps.expiring(),
    });
    return c.text(text, 200, { "content-type": contentType });
  });
}

/** Behind a proxy that ends TLS everybody comes from the loopback, so there only the token counts. */
function mayRead({ config }: ApiDeps, authorization: string | undefined, address: string): boolean {
  if (config.metricsToken !== null) return authorization === `Bearer ${config.metricsToken}`;
  return !config.secureCookies && isLoopback(address);
}
