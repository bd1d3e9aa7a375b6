import { z } from "zod";

/** A person at the console: signs in and acts through the same HTTP requests as the page. */
export interface Operator {
  signIn(user: string, password: string): Promise<void>;
  /** The answer's body, whatever its status. */
  ask(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** The parsed body of a successful answer; throws with the problem otherwise. */
  do<Schema extends z.ZodType>(
    method: Method,
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.infer<Schema>>;
  /** Answers the hash and length of the new clip; throws with the problem when it is refused. */
  upload(fileName: string, bytes: Uint8Array): Promise<UploadedClip>;
  /** The `Cookie` header of the session. */
  cookie(): string;
}
type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const uploaded = z.object({ clip: z.object({ sha256: z.string(), durationMs: z.number() }) });
export type UploadedClip = z.infer<typeof uploaded>["clip"];

/** `base` such as `http://127.0.0.1:8080`, also the Origin of every request. */
export function createOperator(
  base: string,
  fetch: (request: Request) => Response | Promise<Response>,
): Operator {
  let cookie = "";

  async function send(
    method: Method,
    path: string,
    body: string | Buffer<ArrayBuffer> | null,
    type: string | null,
  ): Promise<Answer> {
    const headers = new Headers({ origin: base, host: new URL(base).host });
    if (cookie !== "") headers.set("cookie", cookie);
    if (type !== null) headers.set("content-type", type);
    const response = await fetch(new Request(`${base}${path}`, { method, headers, body }));
    const set = response.headers.getSetCookie().map((one) => one.split(";", 1)[0] ?? "");
    if (set.length > 0) cookie = set.join("; ");
    return { status: response.status, body: parsed(await response.text()) };
  }

  const ask = (method: Method, path: string, body?: unknown) =>
    send(
      method,
      path,
      body === undefined ? null : JSON.stringify(body),
      body === undefined ? null : "application/json",
    );

  return {
    async signIn(user, password) {
      const answer = await ask("POST", "/api/v1/session", { user, password });
      if (answer.status !== 200) throw problem("POST", "/api/v1/session", answer);
    },
    ask,
    async do(method, path, schema, body) {
      const answer = await ask(method, path, body);
      if (answer.status >= 300) throw problem(method, path, answer);
      return schema.parse(answer.body);
    },
    async upload(fileName, bytes) {
      const path = `/api/v1/clips?fileName=${encodeURIComponent(fileName)}`;
      const answer = await send("POST", path, Buffer.from(bytes), "application/octet-stream");
      if (answer.status !== 201) throw problem("POST", path, answer);
      return uploaded.parse(answer.body).clip;
    },
    cookie: () => cookie,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function problem(method: string, path: string, answer: Answer): Error {
  return new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
