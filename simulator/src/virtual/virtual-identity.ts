import type { AttemptLimits } from "@loa/controller/attempt-limits.ts";
import type { Metrics } from "@loa/controller/metrics.ts";
import type { Passwords } from "@loa/controller/ports.ts";
import type { Random, SigningKey } from "@loa/shared/kernel/ambient.ts";
import { type KeyPair, publicKeyOf } from "@loa/shared/node/node-crypto.ts";

/** Hashing that costs nothing: argon2id would be the slowest thing of the whole simulated province. */
export const quickPasswords: Passwords = {
  hash: async (password) => `quick:${password}`,
  verify: async (hash, password) => hash === `quick:${password}`,
};

/** Nobody guesses passwords in the virtual world. */
export const noAttemptLimits: AttemptLimits = {
  waitMs: async () => 0,
  failed: async () => undefined,
  succeeded: async () => undefined,
  spend: async () => 0,
};

/** RFC 8410, 7: the PKCS #8 wrapping of an Ed25519 key, before its 32 bytes. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** An Ed25519 pair out of the seed. */
export function keyPairFrom(random: Random): KeyPair {
  const der = Buffer.concat([PKCS8_HEAD, random.bytes(32)]);
  const privateKey = der.toString("base64url") as SigningKey;
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** Nobody scrapes the virtual world. */
export const silentMetrics: Metrics = {
  requestServed: () => undefined,
  emergencySaid: () => undefined,
  emergencyHeard: () => undefined,
  render: async () => ({ contentType: "text/plain", text: "" }),
};
