import { MAX_XML_BYTES } from "@loa/shared/node/cap/xml-tree.ts";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import type { ApiDeps } from "./api-deps.ts";
import type { ApiEnv } from "./api-env.ts";
import { hostOf } from "./as-reached.ts";
import { HttpProblem } from "./http-problem.ts";
import { approvalHostApart } from "./relying-party.ts";

/** Bodies of JSON; uploads have their own limit. */
const MAX_JSON_BYTES = 256 * 1024;

export function guardHeaders({ config }: ApiDeps): MiddlewareHandler<ApiEnv> {
  const strictTransportSecurity = config.secureCookies;
  const pages = secureHeaders({ ...headers, strictTransportSecurity });
  const approvals = secureHeaders({ ...headersOfApprovals, strictTransportSecurity });
  const site = approvalHostApart(config);
  return (c, next) => (hostOf(c.req.raw) === site ? approvals : pages)(c, next);
}

/** What the console may load: its own files and live data, sound of this server; nothing inline, nobody frames it. */
const headers: NonNullable<Parameters<typeof secureHeaders>[0]> = {
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    objectSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    fontSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    mediaSrc: ["'self'", "blob:"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
  // The page on which emergencies are approved is another site, opened in a window of its own.
  crossOriginOpenerPolicy: "same-origin-allow-popups",
  permissionsPolicy: { camera: [], geolocation: ["self"], microphone: ["self"] },
};

/** It asks no server, plays what that page has handed over, and speaks to the page that has opened it (HTML, 7.1.3). */
const headersOfApprovals: typeof headers = {
  ...headers,
  contentSecurityPolicy: { ...headers.contentSecurityPolicy, connectSrc: ["'none'"], mediaSrc: ["blob:"] },
  crossOriginOpenerPolicy: "unsafe-none",
};

/** Refuses names that are not ours: a page elsewhere cannot point its own name at this address. */
export function guardHost(deps: ApiDeps): MiddlewareHandler<ApiEnv> {
  const allowed = new Set([...deps.config.allowedHosts, new URL(deps.config.approvalUrl).host]);
  return async (c, next) => {
    // Health is asked by address, and tells nothing.
    if (c.req.path !== "/healthz" && !allowed.has(hostOf(c.req.raw))) throw new HttpProblem("bad-host");
    await next();
  };
}

/** Where boxes ask, who are no browsers. */
export const boxPaths: ReadonlySet<string> = new Set(["/api/v1/enrol", "/api/v1/renew"]);

/**
 * A change must come from our own page. Boxes are no browsers and send no cookie, so enrolment is exempt, as is a
 * machine that shows a token: no page elsewhere can make a browser send one.
 */
export function guardOrigin(deps: ApiDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const isChange = !["GET", "HEAD", "OPTIONS"].includes(c.req.method);
    const isMachine = c.req.path === "/api/v1/cap" && c.req.header("authorization") !== undefined;
    if (isChange && !boxPaths.has(c.req.path) && !isMachine) {
      const origin = c.req.header("origin") ?? "";
      const ours = deps.config.secureCookies ? ["https://"] : ["http://", "https://"];
      if (!ours.some((scheme) => origin === scheme + hostOf(c.req.raw))) throw new HttpProblem("bad-origin");
    }
    await next();
  };
}

export function guardBody(): MiddlewareHandler<ApiEnv> {
  const json = limitOf(MAX_JSON_BYTES);
  const alerts = limitOf(MAX_XML_BYTES);
  return (c, next) => {
    if (c.req.path === "/api/v1/clips") return next();
    return (c.req.path === "/api/v1/cap" ? alerts : json)(c, next);
  };
}

function limitOf(limitBytes: number): MiddlewareHandler<ApiEnv> {
  return bodyLimit({
    maxSize: limitBytes,
    onError: () => {
      throw new HttpProblem("too-large", { limitBytes });
    },
  });
}
