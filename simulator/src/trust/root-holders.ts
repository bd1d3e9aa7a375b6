import type { PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import { type KeyPair, nodeCrypto, publicKeyOf } from "@loa/shared/node/node-crypto.ts";
import { keyId } from "@loa/shared/trust/keys.ts";
import { type RosterRoot, rosterSigned, type SignedRoster } from "@loa/shared/trust/roster.ts";
import { z } from "zod";

/** The persons who hold the offline root of a simulated province; in a real one their keys lie in safes. */
export const rootHolder = z.strictObject({ id: keyId, privateKey: z.string() });
export type RootHolder = z.infer<typeof rootHolder>;

const HOLDERS = 3;
const NEEDED = 2;

export function newRootHolders(newPair: () => KeyPair): readonly RootHolder[] {
  return Array.from({ length: HOLDERS }, (_, index) =>
    rootHolder.parse({ id: `root-${index + 1}`, privateKey: newPair().privateKey }),
  );
}

export function rootOf(holders: readonly RootHolder[]): RosterRoot {
  const publicKey = (one: RootHolder): PublicKey => publicKeyOf(one.privateKey as SigningKey);
  return { keys: holders.map((one) => ({ id: one.id, publicKey: publicKey(one) })), threshold: NEEDED };
}

/** As many as must sign it. */
export function signedByHolders(payload: string, holders: readonly RootHolder[]): SignedRoster {
  const signatures = holders.slice(0, NEEDED).map(({ id, privateKey }) => ({
    key: id,
    signature: nodeCrypto.sign(privateKey as SigningKey, rosterSigned(payload)),
  }));
  return { payload, signatures };
}
