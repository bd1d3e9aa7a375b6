import { approveWith, newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { coseKeyOf, registrationOf } from "@loa/shared/node/software-registration.ts";
import type { KeyAlgorithm } from "@loa/shared/trust/keys.ts";

/** A passkey without hardware, as a browser hands its answers to a page (W3C Web Authentication Level 3, 5.1). */
export interface SoftwarePasskey {
  readonly credentialId: string;
  readonly cosePublicKey: Uint8Array<ArrayBuffer>;
  /** For options of `POST /api/v1/passkeys/options`; `changed` are the flags in place of «there, verified, new key». */
  register(options: { readonly challenge: string }, flags?: number): object;
  /** For a challenge in base64url, as it stands in options. */
  sign(options: { readonly challenge: string }, userHandle?: string, count?: number): object;
}

export function softwarePasskey(
  algorithm: KeyAlgorithm = "ES256",
  { rpId, origin }: { readonly rpId: string; readonly origin: string } = site,
): SoftwarePasskey {
  const key = newSoftwareKey(rpId, origin, algorithm);
  return {
    credentialId: key.credential,
    cosePublicKey: new Uint8Array(coseKeyOf(key)),
    register({ challenge }, flags) {
      return { ...registrationOf(key, challenge, flags), clientExtensionResults: {} };
    },
    sign({ challenge }, userHandle, count = 0) {
      const { authenticatorData, clientDataJSON, signature } = approveWith(key, "k", challenge, { count });
      const handle = userHandle === undefined ? {} : { userHandle };
      return {
        id: key.credential,
        rawId: key.credential,
        type: "public-key",
        clientExtensionResults: {},
        response: { authenticatorData, clientDataJSON, signature, ...handle },
      };
    },
  };
}

const site = { rpId: "localhost", origin: "http://localhost:8080" };
