import type { Log } from "@loa/shared/kernel/ambient.ts";
import { createTally, isRound } from "../counters.ts";
import type { ProblemCode } from "./http-problem.ts";

/** What nobody meets who only uses the pages, or not often: somebody tries what is not theirs. */
const telling: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "bad-request",
  "bad-host",
  "bad-origin",
  "wrong-password",
  "wrong-passkey",
  "wrong-credential",
  "wrong-token",
  "too-many-attempts",
  "too-many-requests",
  "forbidden",
  "area-not-yours",
  "not-found",
  "not-in-plan",
  "same-person",
  "no-approval-key",
  "approval-refused",
  "roster-refused",
  "cap-refused",
  "sender-not-yours",
  "alert-id-reused",
  "claim-unknown",
  "claim-used",
  "claim-expired",
  "request-malformed",
  "request-not-signed",
  "request-wrong-key",
  "request-wrong-name",
  "request-wants-more",
  "box-revoked",
  "certificate-unknown",
  "renewed-before",
  "too-large",
]);

/** Counts what was refused at the pages and the API since the start. */
export interface RefusedRequests {
  note(code: ProblemCode, request: { readonly path: string; readonly address: string }): void;
  counts(): Readonly<Partial<Record<ProblemCode, number>>>;
}

export function createRefusedRequests(log: Log): RefusedRequests {
  const tally = createTally<ProblemCode>();
  return {
    note(code, { path, address }) {
      if (!telling.has(code)) return;
      const count = tally.add(code);
      if (isRound(count)) log.warn("request.refused", { reason: code, path, address, count });
    },
    counts: tally.counts,
  };
}
