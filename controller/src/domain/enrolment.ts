import type { ClusterId } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";

/** A claim code as it is kept: which cluster it names, and whether it is still good. */
export interface ClaimFacts {
  readonly clusterId: ClusterId;
  readonly expiresAt: Instant;
  readonly usedAt: Instant | null;
}

/**
 * Why a box is not enrolled. Telling them apart helps the technician on the pole and nobody else: a code has 80
 * random bits, so nobody comes upon one by trying.
 */
export type ClaimRefusal = "claim-mistyped" | "claim-unknown" | "claim-used" | "claim-expired";

export function judgeClaim(claim: ClaimFacts | null, now: Instant): Result<ClusterId, ClaimRefusal> {
  if (claim === null) return fail("claim-unknown");
  if (claim.usedAt !== null) return fail("claim-used");
  if (claim.expiresAt <= now) return fail("claim-expired");
  return ok(claim.clusterId);
}
