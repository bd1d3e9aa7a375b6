import { pooledSignatures } from "@loa/controller/adapters/pooled-signatures.ts";
import { checkedAtOnce, type SignedBy } from "@loa/controller/bus/signature-checks.ts";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { virtualCrypto } from "@loa/simulator/virtual/virtual-crypto.ts";
import { describe, expect, it } from "vitest";

const keys = newKeyPair();
const other = newKeyPair();
const signedAs = (data: string): SignedBy => ({
  key: keys.publicKey,
  data,
  signature: nodeCrypto.sign(keys.privateKey, data),
});
const genuine = signedAs("lời");

describe.each([
  ["in a pool of threads", () => pooledSignatures()],
  ["at once", () => checkedAtOnce(nodeCrypto)],
  ["at once, as the simulator does", () => checkedAtOnce(virtualCrypto)],
])("signatures that are looked at %s", (_, open) => {
  const checks = open();
  const isGood = (signed: SignedBy) => new Promise<boolean>((resolve) => checks.check(signed, resolve));

  it("are good for exactly the text and the key for which they were given", async () => {
    expect(await isGood(genuine)).toBe(true);
    expect(await isGood({ ...genuine, data: "lời " })).toBe(false);
    expect(await isGood({ ...genuine, key: other.publicKey })).toBe(false);
    expect(await isGood({ ...genuine, signature: signedAs("khác").signature })).toBe(false);
  });

  it.each(["", "AA", "=", "é", `${genuine.signature}A`, genuine.signature.slice(1), `${genuine.signature}=`])(
    "are none where they are none: %s",
    async (signature) => expect(await isGood({ ...genuine, signature })).toBe(false),
  );

  it.each(["", "AA", "é", "A".repeat(43)])("are good by no key that is none: %s", async (key) =>
    expect(await isGood({ ...genuine, key: key as PublicKey })).toBe(false),
  );

  it("are each told of once, many more than there are threads, with the forged ones among them", async () => {
    const told = new Map<number, boolean>();
    await Promise.all(
      Array.from({ length: 3_000 }, async (_each, number) => {
        const signed = number % 7 === 0 ? { ...genuine, data: `${number}` } : genuine;
        const verdict = await isGood(signed);
        expect(told.has(number)).toBe(false);
        told.set(number, verdict);
      }),
    );
    expect(told.size).toBe(3_000);
    for (const [number, verdict] of told) expect(verdict).toBe(number % 7 !== 0);
  });
});
