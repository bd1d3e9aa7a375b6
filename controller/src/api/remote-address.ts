import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { ApiDeps } from "./api-deps.ts";
import type { ApiEnv } from "./api-env.ts";

/** What @hono/node-server hands to the routes. */
const nodeBindings = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string().optional() }) }),
});

/**
 * Once for each request. Behind a proxy of ours everybody comes by its address: the one that it has seen itself is what
 * it adds last to `X-Forwarded-For`; what stands before that, anybody may have written.
 */
export function noteAddress({ config }: Pick<ApiDeps, "config">): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const told = config.isBehindProxy ? lastOf(c.req.header("x-forwarded-for")) : null;
    c.set("address", told ?? addressOfSocket(c));
    await next();
  };
}

/** The address at the other end of the connection. Requests that never were on a network have none. */
export function remoteAddress(c: Context): string {
  const noted: unknown = c.get("address");
  return typeof noted === "string" ? noted : addressOfSocket(c);
}

export function isLoopback(address: string): boolean {
  return address === "local" || address === "::1" || /^(::ffff:)?127\./.test(address);
}

function addressOfSocket(c: Context): string {
  const bindings = nodeBindings.safeParse(c.env);
  return bindings.success ? (bindings.data.incoming.socket.remoteAddress ?? "unknown") : "local";
}

function lastOf(forwardedFor: string | undefined): string | null {
  const last = forwardedFor?.split(",").at(-1)?.trim() ?? "";
  return isIP(last) === 0 ? null : last;
}
