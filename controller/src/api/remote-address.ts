import type { Context } from "hono";
import { z } from "zod";

/** What @hono/node-server hands to the routes. */
const nodeBindings = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string().optional() }) }),
});

/** The address at the other end of the connection. Requests that never were on a network have none. */
export function remoteAddress(c: Context): string {
  const bindings = nodeBindings.safeParse(c.env);
  return bindings.success ? (bindings.data.incoming.socket.remoteAddress ?? "unknown") : "local";
}

export function isLoopback(address: string): boolean {
  return address === "local" || address === "::1" || /^(::ffff:)?127\./.test(address);
}
