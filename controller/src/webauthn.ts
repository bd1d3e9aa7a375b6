import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { cose, decodeCredentialPublicKey, isoUint8Array } from "@simplewebauthn/server/helpers";
import type { Passkey, PasskeyAlgorithm } from "./store/passkeys.ts";

/** Passkeys as W3C Web Authentication Level 3 has them: found by the browser, and the person is verified each time. */

/** To whom passkeys are bound. */
export interface RelyingParty {
  /** A name without port, such as `loa.example.vn` or `localhost`. */
  readonly rpId: string;
  readonly origin: string;
}

export type RegistrationOptions = PublicKeyCredentialCreationOptionsJSON;
export type AssertionOptions = PublicKeyCredentialRequestOptionsJSON;
export type RegistrationAnswer = RegistrationResponseJSON;
export type Assertion = AuthenticationResponseJSON;

/** What a new key is, before somebody owns it. */
export type NewPasskey = Pick<Passkey, "credentialId" | "publicKey" | "algorithm" | "counter" | "transports">;

/** Who signed, and its count of signatures; a count that did not rise means that somebody has a copy of the key. */
export interface UsedKey {
  readonly counter: number;
  readonly isCopied: boolean;
}

/** How long a person may look for the key, ms. */
export const CEREMONY_LIMIT_MS = 5 * 60_000;

const algorithmOf: ReadonlyMap<number, PasskeyAlgorithm> = new Map([
  [-8, "EdDSA"],
  [-7, "ES256"],
]);
const supportedAlgorithmIDs = [...algorithmOf.keys()];

/**
 * For `navigator.credentials.create`. Keys that the person has already are not made twice. `isFound`: the browser shall
 * offer it by itself, as one does to sign in.
 */
export function registrationOptions(
  { rpId }: RelyingParty,
  user: { readonly id: string; readonly name: string; readonly isFound: boolean },
  challenge: string,
  known: readonly Passkey[],
): Promise<RegistrationOptions> {
  return generateRegistrationOptions({
    rpName: "Loa",
    rpID: rpId,
    userName: user.name,
    userDisplayName: user.name,
    userID: isoUint8Array.fromUTF8String(user.id),
    challenge,
    timeout: CEREMONY_LIMIT_MS,
    attestationType: "none",
    excludeCredentials: known.map(descriptorOf),
    authenticatorSelection: {
      residentKey: user.isFound ? "required" : "discouraged",
      userVerification: "required",
    },
    supportedAlgorithmIDs,
  });
}

/** For `navigator.credentials.get`; with nobody's keys, the browser offers what it has for this name. */
export function assertionOptions(
  { rpId }: RelyingParty,
  challenge: string,
  allowed: readonly Passkey[],
): Promise<AssertionOptions> {
  return generateAuthenticationOptions({
    rpID: rpId,
    challenge,
    timeout: CEREMONY_LIMIT_MS,
    allowCredentials: allowed.map(descriptorOf),
    userVerification: "required",
  });
}

/** `isOurs` is asked for the challenge, in base64url as the browser gives it back. */
export async function checkRegistration(
  { rpId, origin }: RelyingParty,
  response: RegistrationAnswer,
  isOurs: (challenge: string) => boolean,
): Promise<Result<NewPasskey, "refused">> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: isOurs,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs,
    });
    if (!verified) return fail("refused");
    const { id, publicKey, counter } = registrationInfo.credential;
    const algorithm = algorithmOf.get(decodeCredentialPublicKey(publicKey).get(cose.COSEKEYS.alg) ?? 0);
    if (algorithm === undefined) return fail("refused");
    const transports = [...(response.response.transports ?? [])];
    return ok({ credentialId: id, publicKey, algorithm, counter, transports });
  } catch {
    // The library throws for whatever does not hold; what it is, is no business of whoever sent it.
    return fail("refused");
  }
}

/** Everything but the count is judged here: who has a key that was copied must hear of it. */
export async function checkAssertion(
  { rpId, origin }: RelyingParty,
  response: Assertion,
  passkey: Passkey,
  isOurs: (challenge: string) => boolean,
): Promise<Result<UsedKey, "refused">> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: isOurs,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      // No count is below this one.
      credential: { id: passkey.credentialId, publicKey: passkey.publicKey, counter: 0 },
    });
    if (!verified) return fail("refused");
    const counter = authenticationInfo.newCounter;
    return ok({ counter, isCopied: !hasRisen(passkey, counter) });
  } catch {
    return fail("refused");
  }
}

/** Keys that are kept in several places count nothing: theirs is 0 for ever (WebAuthn Level 3, 6.1.1). */
export function hasRisen({ counter: before }: Pick<Passkey, "counter">, counter: number): boolean {
  return counter > before || (counter === 0 && before === 0);
}

/** The bare key as the roster has it, base64url: 32 bytes of Ed25519 (RFC 8037), or x and y of P-256 (RFC 9053, 7.1). */
export function bareKeyOf({ publicKey, algorithm }: Pick<Passkey, "publicKey" | "algorithm">): string {
  const key = decodeCredentialPublicKey(publicKey);
  const parts = cose.isCOSEPublicKeyEC2(key)
    ? [key.get(cose.COSEKEYS.x), key.get(cose.COSEKEYS.y)]
    : cose.isCOSEPublicKeyOKP(key)
      ? [key.get(cose.COSEKEYS.x)]
      : [];
  const bytes = Buffer.concat(parts.map((part) => part ?? new Uint8Array()));
  const length = algorithm === "ES256" ? 64 : 32;
  if (bytes.length !== length) throw new TypeError(`a key of ${algorithm} has ${length} bytes`);
  return bytes.toString("base64url");
}

function descriptorOf({ credentialId, transports }: Passkey) {
  return { id: credentialId, transports: [...transports] };
}
