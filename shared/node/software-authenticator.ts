import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { Approval } from "@loa/shared/trust/approval.ts";
import type { KeyAlgorithm } from "@loa/shared/trust/keys.ts";
import { z } from "zod";

/**
 * A passkey in software, for scripts, tests and the simulated province: it makes the same assertions as one in hardware
 * (W3C Web Authentication Level 3, 6.3.3), and whoever has its text can approve with it.
 */
export const softwareKey = z.strictObject({
  algorithm: z.enum(["EdDSA", "ES256"]),
  credential: z.string(),
  rpId: z.string(),
  origin: z.string(),
  /** PKCS #8 DER as base64url. */
  privateKey: z.string(),
});
export type SoftwareKey = z.infer<typeof softwareKey>;

/** What an assertion says beside its challenge. */
export interface AssertionFacts {
  readonly flags: number;
  readonly type: string;
  readonly crossOrigin: boolean;
  /** How often it has signed; 0: it does not count. */
  readonly count: number;
}

/** The person is there (UP) and verified (UV), and signs in on a page of ours. */
const honest: AssertionFacts = { flags: 0x05, type: "webauthn.get", crossOrigin: false, count: 0 };

export function newSoftwareKey(rpId: string, origin: string, algorithm: KeyAlgorithm = "ES256"): SoftwareKey {
  const { privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("ed25519");
  const der = privateKey.export({ format: "der", type: "pkcs8" });
  const credential = createHash("sha256").update(der).digest().subarray(0, 16).toString("base64url");
  return { algorithm, credential, rpId, origin, privateKey: der.toString("base64url") };
}

/** Raw bytes as base64url, as they stand in the roster. */
export function publicKeyOfSoftware({ algorithm, privateKey }: SoftwareKey): string {
  const { x = "", y = "" } = createPublicKey(keyOf(privateKey)).export({ format: "jwk" });
  return algorithm === "EdDSA"
    ? x
    : Buffer.concat([x, y].map((part) => Buffer.from(part, "base64url"))).toString("base64url");
}

/** Approves the challenge under the name that the key has in the roster; `changed` is what an honest one never says. */
export function approveWith(
  key: SoftwareKey,
  keyId: string,
  challenge: string,
  changed: Partial<AssertionFacts> = {},
): Approval {
  const { flags, type, crossOrigin, count } = { ...honest, ...changed };
  const clientData = Buffer.from(JSON.stringify({ type, challenge, origin: key.origin, crossOrigin }));
  const head = Buffer.from([flags, 0, 0, 0, 0]);
  head.writeUInt32BE(count, 1);
  const authenticatorData = Buffer.concat([createHash("sha256").update(key.rpId).digest(), head]);
  const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
  const signature = sign(key.algorithm === "ES256" ? "sha256" : null, signed, keyOf(key.privateKey));
  return {
    key: keyId,
    authenticatorData: authenticatorData.toString("base64url"),
    clientDataJSON: clientData.toString("base64url"),
    signature: signature.toString("base64url"),
  };
}

function keyOf(text: string) {
  return createPrivateKey({ key: Buffer.from(text, "base64url"), format: "der", type: "pkcs8" });
}
