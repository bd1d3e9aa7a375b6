import { OpenAPIHono } from "@hono/zod-openapi";
import { HttpProblem } from "./http-problem.ts";
import type { Operator } from "./operator.ts";

/** `operator` is there on every route below `/api/v1` but those that `session-guard.ts` leaves open. */
export interface ApiEnv {
  Variables: { operator: Operator; address: string };
}

export type Api = OpenAPIHono<ApiEnv>;

export function newApi(): Api {
  return new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (result.success) return;
      const issues = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
      throw new HttpProblem("bad-request", { issues });
    },
  });
}
