import type { z } from "@hono/zod-openapi";
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
  const checked =
    passkey === null || !isOfOwner(given, passkey)
      ? null
      : await checkAssertion(relyingParty(deps.config), given, passkey, isOurs);
  if (passkey === null || checked === null || !checked.ok) {
    await deps.limits.failed("passkey-address", [address]);
    deps.log.warn("passkey.refused", { passkey: given.id, address });
    throw new HttpProblem("wrong-passkey");
  }
  await notePasskeyUse(deps.db, passkey.credentialId, checked.value, deps.clock.now());
  return passkey;
}

/** Keys tell for whom they were made, where the browser asked without naming one (WebAuthn Level 3, 7.2, step 6). */
function isOfOwner({ response }: Assertion, { userId }: Passkey): boolean {
  const { userHandle } = response;
  return userHandle === undefined || Buffer.from(userHandle, "base64url").toString() === userId;
}
