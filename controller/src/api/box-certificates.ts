import type { BoxCertificate } from "@loa/shared/wire/enrolment.ts";
import type { Authority, IssuedCertificate, RequestFacts } from "../authority/authority-port.ts";
import { judgeRequest } from "../domain/certificates.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem, type ProblemCode } from "./http-problem.ts";

/** What may be wrong with a signing request. */
export const requestRefusals = [
  "request-missing",
  "request-malformed",
  "request-not-signed",
  "request-wrong-key",
  "request-wrong-name",
  "request-wants-more",
] as const satisfies readonly ProblemCode[];

/** A signing request that was judged: what it names and wants is what we want. */
export interface JudgedRequest {
  readonly authority: Authority;
  readonly pem: string;
  readonly facts: RequestFacts;
}

/** Null where boxes come in without a certificate and this one asked for none, or nobody here signs any. */
export async function judgedRequest(
  { authority, config }: Pick<ApiDeps, "authority" | "config">,
  csr: string | undefined,
  wantedName: string,
): Promise<JudgedRequest | null> {
  if (csr === undefined && config.areBoxesCertified) throw new HttpProblem("request-missing");
  if (csr === undefined || authority === null) return null;
  const facts = await authority.readRequest(csr);
  const judged = judgeRequest(facts, wantedName);
  if (!judged.ok || facts === null)
    throw new HttpProblem(judged.ok ? "request-malformed" : judged.error, { wishes: facts?.wishes ?? [] });
  return { authority, pem: csr, facts };
}

/** What the box is told of it. */
export function toldOf(
  { config }: Pick<ApiDeps, "config">,
  { authority }: JudgedRequest,
  { pem }: Pick<IssuedCertificate, "pem">,
): BoxCertificate {
  return { certificate: pem, authority: authority.root, trust: config.boxesTrust };
}
