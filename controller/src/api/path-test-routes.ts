import { createRoute, z } from "@hono/zod-openapi";
import { areaId, boxId, commandId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { answersTo, outboxState } from "../store/outbox.ts";
import { type PathTest, pathTestsIn } from "../store/path-tests.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { refusals } from "./http-problem.ts";
import { areasFor, requireAct } from "./operator.ts";

const MAX_LISTED = 20;

const pathTestShape = z
  .object({
    id: commandId,
    areaId,
    at: instant,
    /** Null: it was due. */
    by: z.string().nullable(),
    isOver: z.boolean(),
    targeted: z.number().int(),
    passed: z.number().int(),
    /** Boxes that have not passed, or not yet. */
    missing: z.array(z.object({ boxId, state: outboxState, reason: z.string().nullable() })).readonly(),
  })
  .openapi("PathTest");

const list = createRoute({
  method: "get",
  path: "/api/v1/path-tests",
  summary: "The last tests of the way that emergencies go, without a sound, within one's own grants",
  responses: {
    200: {
      description: "Newest first",
      content: {
        "application/json": { schema: z.object({ tests: z.array(pathTestShape).readonly() }) },
      },
    },
    ...refusals(),
  },
});

const send = createRoute({
  method: "post",
  path: "/api/v1/path-tests",
  summary: "Test the way to all boxes of an area now: signed and answered like an emergency, and not heard",
  request: {
    body: { required: true, content: { "application/json": { schema: z.strictObject({ area: areaId }) } } },
  },
  responses: {
    202: {
      description: "Sent",
      content: { "application/json": { schema: z.object({ test: pathTestShape }) } },
    },
    ...refusals("not-found", "forbidden"),
  },
});

export function pathTestRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(list, async (c) => {
    const tests = await pathTestsIn(deps.db, areasFor(deps, c.get("operator"), "see"), MAX_LISTED);
    const shown = await Promise.all(tests.map((one) => shownTest(deps, one)));
    return c.json({ tests: shown }, 200);
  });

  api.openapi(send, async (c) => {
    const operator = c.get("operator");
    const { area } = c.req.valid("json");
    await requireAct(deps, operator, "set-up-clusters", area);
    const test = await deps.changes.testPath(area, operator.userId);
    return c.json({ test: await shownTest(deps, test) }, 202);
  });
}

async function shownTest(deps: ApiDeps, { judgedAt, ...test }: PathTest) {
  const answers = await answersTo(deps.db, test.id);
  const missing = answers.filter((one) => one.state !== "accepted");
  return {
    ...test,
    isOver: judgedAt !== null,
    targeted: answers.length,
    passed: answers.length - missing.length,
    missing,
  };
}
