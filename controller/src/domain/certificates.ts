import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { DAY_MS, type Instant } from "@loa/shared/kernel/time.ts";

/** How long a certificate of a box holds. It asks for the next one when two thirds are over. */
export const BOX_CERTIFICATE_MS = 90 * DAY_MS;

/** Why a signing request is refused. */
export type RequestRefusal =
  | "request-malformed"
  | "request-not-signed"
  | "request-wrong-key"
  | "request-wrong-name"
  | "request-wants-more";

interface Request {
  readonly commonName: string | null;
  readonly curve: string | null;
  readonly isSignedByItsKey: boolean;
  readonly wishes: readonly string[];
}

/**
 * A request gives a key and nothing else: what the certificate says and allows is said here. One that wishes for more,
 * such as to be an authority itself, comes from no box of ours.
 */
export function judgeRequest(request: Request | null, wantedName: string): Result<void, RequestRefusal> {
  if (request === null) return fail("request-malformed");
  if (request.curve !== "P-256") return fail("request-wrong-key");
  if (!request.isSignedByItsKey) return fail("request-not-signed");
  if (request.commonName !== wantedName) return fail("request-wrong-name");
  return request.wishes.length > 0 ? fail("request-wants-more") : ok(undefined);
}

/** What is known of the certificate that a box wants to have followed by a new one. */
export interface CertificateHistory {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** Another certificate was given for it before. */
  readonly isReplaced: boolean;
}

export type RenewalRefusal = "box-revoked" | "certificate-unknown" | "renewal-too-early" | "renewed-before";

export interface RenewalVerdict {
  /** Somebody else has renewed the same certificate: a copied card, or a disk that was put back. */
  readonly isSecond: boolean;
}

/**
 * Months without network are normal, so an expired certificate may be renewed, but once: the second to come with it holds
 * a copy. One that is still good may be renewed again, since its box would have to be visited otherwise.
 */
export function judgeRenewal(
  known: CertificateHistory | null,
  isBoxRevoked: boolean,
  now: Instant,
): Result<RenewalVerdict, RenewalRefusal> {
  if (isBoxRevoked) return fail("box-revoked");
  if (known === null) return fail("certificate-unknown");
  const { notBefore, notAfter, isReplaced } = known;
  if (now >= notAfter) return isReplaced ? fail("renewed-before") : ok({ isSecond: false });
  // A box asks at two thirds; half leaves room for clocks, and keeps a broken one from asking every minute.
  if (now < notBefore + (notAfter - notBefore) / 2) return fail("renewal-too-early");
  return ok({ isSecond: isReplaced });
}
