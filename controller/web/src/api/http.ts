import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { z } from "zod";

/** A refusal of the API, or of the way to it: `unreachable` (no answer) and `unreadable` (an answer we do not know). */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  /** The whole problem document, for refusals that carry a list. */
  readonly body: unknown;
}

export type Answer<Value> = Result<Value, Problem>;

/** An answer that takes longer than this is as good as none, ms. */
const ANSWER_LIMIT_MS = 20_000;

const problemDocument = z.looseObject({ code: z.string(), detail: z.unknown().optional() });

export async function get<Value>(schema: z.ZodType<Value>, path: string): Promise<Answer<Value>> {
  return ask(schema, path, { method: "GET" });
}

let proveAgain: () => Promise<boolean> = () => Promise.resolve(false);

/** Says how a person proves once more who is there, where the controller wants that before it does something. */
export function whenProofIsNeeded(prove: () => Promise<boolean>): void {
  proveAgain = prove;
}

/** A change. Where a fresh proof is wanted, the person is asked for it and the change is sent once more. */
export async function send<Value>(
  schema: z.ZodType<Value>,
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Answer<Value>> {
  const request: RequestInit =
    body === undefined
      ? { method }
      : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await ask(schema, path, request);
  if (answer.ok || answer.error.code !== "step-up-needed") return answer;
  return (await proveAgain()) ? await ask(schema, path, request) : answer;
}

/** Sound that is made of what was asked for. */
export async function sendForSound(path: string, body: unknown): Promise<Answer<Blob>> {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return answer.ok ? ok(await answer.blob()) : fail(problemOf(answer.status, jsonOf(await answer.text())));
  } catch {
    return fail({ status: 0, code: "unreachable", detail: null, body: null });
  }
}

/** Where there is nothing to ask. */
export const nothing: Promise<Answer<null>> = Promise.resolve(ok(null));

async function ask<Value>(
  schema: z.ZodType<Value>,
  path: string,
  request: RequestInit,
): Promise<Answer<Value>> {
  try {
    const answer = await fetch(path, {
      ...request,
      credentials: "same-origin",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return parse(schema, answer.status, await answer.text());
  } catch {
    return fail({ status: 0, code: "unreachable", detail: null, body: null });
  }
}

/** Also reads what an upload answered, which comes by another road. */
export function parse<Value>(schema: z.ZodType<Value>, status: number, text: string): Answer<Value> {
  const body = jsonOf(text);
  if (status >= 400) return fail(problemOf(status, body));
  const parsed = schema.safeParse(body);
  if (parsed.success) return ok(parsed.data);
  const [first] = parsed.error.issues;
  const detail = first === undefined ? null : `${first.path.join(".")}: ${first.message}`;
  return fail({ status, code: "unreadable", detail, body });
}

function problemOf(status: number, body: unknown): Problem {
  const parsed = problemDocument.safeParse(body);
  if (!parsed.success) return { status, code: `http-${status}`, detail: null, body };
  const { code, detail } = parsed.data;
  // Refusals of clips carry a detail of their own shape, which is read where it is shown.
  return { status, code, detail: typeof detail === "string" ? detail : null, body };
}

function jsonOf(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
