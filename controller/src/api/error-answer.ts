import type { Log } from "@loa/shared/kernel/ambient.ts";
import { HTTPException } from "hono/http-exception";
import { isDiskFull } from "../store/disk-full.ts";
import { HttpProblem, type ProblemCode, problemResponse } from "./http-problem.ts";

/** The answer to whatever a handler threw. Only what is our own mistake is logged as an error. */
export function errorAnswer(error: Error, log: Log, path: string): Response {
  const problem = problemOf(error);
  if (problem !== null) return problemResponse(problem);
  if (isDiskFull(error)) {
    log.error("store.disk-full", { path });
    return problemResponse(new HttpProblem("disk-full"));
  }
  log.error("api.failed", { path, error: error.stack ?? error.message });
  return problemResponse(new HttpProblem("internal"));
}

/** Null: it is no refusal, but a mistake of ours or of the machine. */
export function problemOf(error: Error): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  return error instanceof HTTPException ? new HttpProblem(codeOf(error.status)) : null;
}

/** What Hono itself refuses: a body that is no JSON, one that is too large, one of another type. */
function codeOf(status: number): ProblemCode {
  if (status === 413) return "too-large";
  if (status === 415) return "unsupported-type";
  return status === 404 ? "not-found" : "bad-request";
}
