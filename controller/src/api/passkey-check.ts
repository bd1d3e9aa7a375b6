import type { z } from "@hono/zod-openapi";
import { noteCopy } from "../passkey-copies.ts";
import { notePasskeyUse, type Passkey, passkeyByCredential } from "../store/passkeys.ts";
import { type Assertion, checkAssertion } from "../webauthn.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";
import type { assertion } from "./passkey-shapes.ts";
import { relyingParty } from "./relying-party.ts";
import { refuseWhileWaiting } from "./waiting.ts";

/** The key that has signed, once `isOurs` knows the challenge; its count of signatures is kept. */
export async function checkPasskey(
  deps: ApiDeps,
  given: z.infer<typeof assertion>,
  address: string,
  isOurs: (challenge: string) => boolean,
): Promise<Passkey> {
  await refuseWhileWaiting(deps.limits, "passkey-address", [address]);
  const passkey = await passkeyByCredential(deps.db, given.id);
  const used =
    passkey === null || !isOfOwner(given, passkey) || !isForSigningIn(deps, passkey)
      ? null
      : await checkAssertion(relyingParty(deps.config), given, passkey, isOurs);
  if (passkey !== null && used?.ok === true && used.value.isCopied)
    await deps.db.transaction().execute((tx) => noteCopy(tx, passkey, deps.clock.now(), deps.log));
  if (passkey === null || used === null || !used.ok || used.value.isCopied) {
    await deps.limits.failed("passkey-address", [address]);
    deps.log.warn("passkey.refused", { passkey: given.id, address });
    throw new HttpProblem("wrong-passkey");
  }
  await notePasskeyUse(deps.db, passkey.credentialId, used.value.counter, deps.clock.now());
  return passkey;
}

/**
 * Boxes believe what the roster's keys have signed, and a challenge for coming in can be the hash of anything: such a key
 * is neither asked for nor taken here.
 */
export function isForSigningIn(
  { rosters }: Pick<ApiDeps, "rosters">,
  { purpose, credentialId }: Passkey,
): boolean {
  const believed = rosters.inForce()?.keys ?? [];
  return purpose === "sign-in" && !believed.some(({ passkey }) => passkey?.credential === credentialId);
}

/** Keys tell for whom they were made, where the browser asked without naming one (WebAuthn Level 3, 7.2, step 6). */
function isOfOwner({ response }: Assertion, { userId }: Passkey): boolean {
  const { userHandle } = response;
  return userHandle === undefined || Buffer.from(userHandle, "base64url").toString() === userId;
}
