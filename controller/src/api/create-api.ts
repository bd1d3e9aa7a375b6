import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { agendaRoutes } from "./agenda-routes.ts";
import { alertRoutes } from "./alert-routes.ts";
import { alertSourceRoutes } from "./alert-source-routes.ts";
import type { ApiDeps } from "./api-deps.ts";
import { type Api, type ApiEnv, newApi } from "./api-env.ts";
import { serveApprovalSite } from "./approval-site.ts";
import { areaRoutes } from "./area-routes.ts";
import { audioRoutes } from "./audio-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { boxRoutes } from "./box-routes.ts";
import { bulletinRoutes } from "./bulletin-routes.ts";
import { clipRoutes } from "./clip-routes.ts";
import { clusterRoutes } from "./cluster-routes.ts";
import { consoleFiles } from "./console-files.ts";
import { contentRoutes } from "./content-routes.ts";
import { draftRoutes } from "./draft-routes.ts";
import { emergencyRoutes } from "./emergency-routes.ts";
import { enrolRoutes } from "./enrol-routes.ts";
import { entranceRoutes } from "./entrance-routes.ts";
import { errorAnswer, problemOf } from "./error-answer.ts";
import { eventRoutes } from "./event-routes.ts";
import { grantRoutes } from "./grant-routes.ts";
import { healthRoutes } from "./health-routes.ts";
import { HttpProblem, problemResponse } from "./http-problem.ts";
import { identityRoutes } from "./identity-routes.ts";
import { localOrderRoutes } from "./local-order-routes.ts";
import { cookieName } from "./operator.ts";
import { ownPasswordRoutes } from "./own-password-routes.ts";
import { pathTestRoutes } from "./path-test-routes.ts";
import { programmeRoutes } from "./programme-routes.ts";
import { readinessRoutes } from "./readiness-routes.ts";
import { receiptRoutes } from "./receipt-routes.ts";
import { refusalRoutes } from "./refusal-routes.ts";
import { createRefusedRequests } from "./refused-requests.ts";
import { relayRoutes } from "./relay-routes.ts";
import { noteAddress, remoteAddress } from "./remote-address.ts";
import { renewRoutes } from "./renew-routes.ts";
import { guardBody, guardHeaders, guardHost, guardOrigin } from "./request-guards.ts";
import { rosterRoutes } from "./roster-routes.ts";
import { sampleRoutes } from "./sample-routes.ts";
import { scheduleRoutes } from "./schedule-routes.ts";
import { selfTestRoutes } from "./self-test-routes.ts";
import { guardSession } from "./session-guard.ts";
import { settingsRoutes } from "./settings-routes.ts";
import { speechRoutes } from "./speech-routes.ts";
import { standingApprovalRoutes } from "./standing-approval-routes.ts";
import { stopRoutes } from "./stop-routes.ts";
import { trustRoutes } from "./trust-routes.ts";
import { userRoutes } from "./user-routes.ts";
import { whyRoutes } from "./why-routes.ts";

/** The whole HTTP side. More routes may be mounted on it before the first request: the console answers last. */
export function createApi(deps: ApiDeps): Api {
  const api = newApi();
  api.use(
    noteAddress(deps),
    measure(deps),
    guardHeaders(deps),
    guardHost(deps),
    serveApprovalSite(deps),
    guardOrigin(deps),
    guardBody(),
  );
  api.use("/api/v1/*", guardSession(deps));
  for (const add of routes) add(api, deps);
  const refused = createRefusedRequests(deps.log);
  refusalRoutes(api, deps, refused);
  healthRoutes(api, deps, refused);
  describe(api, deps);
  const files = deps.config.webFolder === null ? null : consoleFiles(deps.config.webFolder);
  api.onError((error, c) => {
    const { path } = c.req;
    const problem = problemOf(error);
    if (problem !== null) refused.note(problem.code, { path, address: remoteAddress(c) });
    return errorAnswer(error, deps.log, path);
  });
  api.notFound(async (c) => (await files?.(c)) ?? problemResponse(new HttpProblem("not-found")));
  return api;
}

const routes = [
  entranceRoutes,
  ownPasswordRoutes,
  userRoutes,
  grantRoutes,
  identityRoutes,
  areaRoutes,
  audioRoutes,
  clusterRoutes,
  enrolRoutes,
  renewRoutes,
  trustRoutes,
  boxRoutes,
  sampleRoutes,
  selfTestRoutes,
  readinessRoutes,
  whyRoutes,
  clipRoutes,
  speechRoutes,
  bulletinRoutes,
  relayRoutes,
  programmeRoutes,
  settingsRoutes,
  scheduleRoutes,
  agendaRoutes,
  receiptRoutes,
  stopRoutes,
  emergencyRoutes,
  draftRoutes,
  standingApprovalRoutes,
  localOrderRoutes,
  rosterRoutes,
  alertRoutes,
  alertSourceRoutes,
  eventRoutes,
  auditRoutes,
  pathTestRoutes,
  contentRoutes,
];

function describe(api: Api, deps: ApiDeps): void {
  const schemes = api.openAPIRegistry;
  schemes.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: cookieName(deps.config.secureCookies),
  });
  schemes.registerComponent("securitySchemes", "box", { type: "http", scheme: "basic" });
  schemes.registerComponent("securitySchemes", "metrics", { type: "http", scheme: "bearer" });
  api.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Loa controller",
      version: deps.version,
      description:
        "Instants are milliseconds since 1970-01-01T00:00Z, local dates and times are of Asia/Ho_Chi_Minh. Every change " +
        "needs an Origin header of this host. Refusals are application/problem+json (RFC 9457) with a `code`.",
    },
    security: [{ session: [] }],
  });
}

function measure(deps: ApiDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const begun = deps.clock.monotonic();
    await next();
    deps.metrics.requestServed(c.req.method, routePath(c, -1), c.res.status, deps.clock.monotonic() - begun);
  };
}
