import type { MiddlewareHandler } from "hono";
import type { ApiDeps } from "./api-deps.ts";
import type { ApiEnv } from "./api-env.ts";
import { hostOf } from "./as-reached.ts";
import { consoleFiles } from "./console-files.ts";
import { HttpProblem } from "./http-problem.ts";
import { approvalHostApart } from "./relying-party.ts";

const PAGE = "/approve.html";

/**
 * The name at which keys for approving live has one page, which shows what is to be signed; no session, no API. So it can
 * be served by another machine, which whoever owns this one does not own.
 */
export function serveApprovalSite({ config }: ApiDeps): MiddlewareHandler<ApiEnv> {
  const site = approvalHostApart(config);
  const files = config.webFolder === null ? null : consoleFiles(config.webFolder, PAGE);
  return async (c, next) => {
    if (hostOf(c.req.raw) !== site) return next();
    const { path } = c.req;
    const found = isPart(path) ? await files?.(c) : null;
    if (found === null || found === undefined) throw new HttpProblem("not-found");
    return found;
  };
}

/** The page, its built parts, and its pictures. */
function isPart(path: string): boolean {
  return path === "/" || path === PAGE || path.startsWith("/assets/") || /^\/[a-z]+\.svg$/.test(path);
}
