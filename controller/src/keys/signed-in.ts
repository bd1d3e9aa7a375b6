import { z } from "zod";

/** A person at a controller, from a terminal. */
export interface SignedIn {
  /** Throws with what the controller says where it refuses. */
  do<Schema extends z.ZodType>(
    method: "GET" | "POST",
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.infer<Schema>>;
}

const problem = z.object({ title: z.string(), code: z.string() }).partial();
const LIMIT_MS = 30_000;

export async function signIn(url: string, user: string, password: string): Promise<SignedIn> {
  const { origin } = new URL(url);
  let cookie = "";

  async function ask(method: string, path: string, body: unknown): Promise<unknown> {
    const headers = new Headers({ origin, cookie });
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = { method, headers, signal: AbortSignal.timeout(LIMIT_MS), redirect: "manual" as const };
    const sent = body === undefined ? init : { ...init, body: JSON.stringify(body) };
    const answer = await fetch(`${origin}${path}`, sent);
    const set = answer.headers.getSetCookie().map((one) => one.split(";", 1)[0] ?? "");
    if (set.length > 0) cookie = set.join("; ");
    const given: unknown = await answer.json().catch(() => null);
    if (answer.ok) return given;
    const why = problem.safeParse(given);
    throw new Error(`${path}: ${answer.status} ${why.success ? JSON.stringify(given) : ""}`);
  }

  await ask("POST", "/api/v1/session", { user, password });
  return {
    do: async (method, path, schema, body) => schema.parse(await ask(method, path, body)),
  };
}
