import { createRoute, z } from "@hono/zod-openapi";
import { areaId, boxId, commandId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { answersTo, outboxState } from "../store/outbox.ts";
import { stopById } from "../store/stop-orders.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { areasFor, requireAct } from "./operator.ts";

const stopArea = createRoute({
  method: "post",
  path: "/api/v1/areas/{id}/stop",
  summary: "Silence every box of an area now; plans stay, what is due later sounds",
  request: { params: z.object({ id: areaId }) },
  responses: {
    202: {
      description: "Ordered; the tally says which box obeyed",
      content: {
        "application/json": {
          schema: z.object({ id: commandId, at: instant, boxes: z.number().int() }),
        },
      },
    },
    ...refusals("not-found", "forbidden"),
  },
});

const getStop = createRoute({
  method: "get",
  path: "/api/v1/stops/{id}",
  summary: "Which boxes obeyed a stop",
  request: { params: z.object({ id: commandId }) },
  responses: {
    200: {
      description: "The tally. Boxes whose answer did not come in an hour are `expired`.",
      content: {
        "application/json": {
          schema: z.object({
            areaId,
            at: instant,
            targeted: z.number().int(),
            accepted: z.number().int(),
            refused: z.number().int(),
            pending: z.number().int(),
            expired: z.number().int(),
            boxes: z.array(z.object({ boxId, state: outboxState, reason: z.string().nullable() })).readonly(),
          }),
        },
      },
    },
    ...refusals("not-found"),
  },
});

export function stopRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(stopArea, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    await requireAct(deps, operator, "stop", id);
    return c.json(await deps.changes.stop(id, operator.userId), 202);
  });

  api.openapi(getStop, async (c) => {
    const { id } = c.req.valid("param");
    const stop = await stopById(deps.db, id, areasFor(deps, c.get("operator"), "see"));
    if (stop === null) throw new HttpProblem("not-found");
    const answers = await answersTo(deps.db, id);
    const count = (state: string) => answers.filter((one) => one.state === state).length;
    const tally = {
      areaId: stop.areaId,
      at: stop.at,
      targeted: answers.length,
      accepted: count("accepted"),
      refused: count("refused"),
      pending: count("pending"),
      expired: count("expired"),
      boxes: answers,
    };
    return c.json(tally, 200);
  });
}
