import { generateKeyPairSync } from "node:crypto";
import type { PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import { newKeyPair, nodeCrypto, publicKeyOf } from "@loa/shared/node/node-crypto.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

test("what one key signs, its own public key verifies and no other", () => {
  const [mine, other] = [newKeyPair(), newKeyPair()];
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const signature = nodeCrypto.sign(mine.privateKey, text);
      expect(nodeCrypto.verify(mine.publicKey, text, signature)).toBe(true);
      expect(nodeCrypto.verify(other.publicKey, text, signature)).toBe(false);
      expect(nodeCrypto.verify(mine.publicKey, `${text}.`, signature)).toBe(false);
    }),
    { numRuns: 25 },
  );
});

test("the first test vector of RFC 8032 comes out", () => {
  const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, "hex").toString(
    "base64url",
  ) as SigningKey;
  expect(Buffer.from(publicKeyOf(der), "base64url").toString("hex")).toBe(
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  );
  expect(Buffer.from(nodeCrypto.sign(der, ""), "base64url").toString("hex")).toBe(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  );
});

test("rubbish in the place of a key or a signature verifies nothing, and throws nothing", () => {
  const { publicKey, privateKey } = newKeyPair();
  const signature = nodeCrypto.sign(privateKey, "text");
  for (const key of ["", "x", "A".repeat(43), "!".repeat(43)]) {
    expect(nodeCrypto.verify(key as PublicKey, "text", signature)).toBe(false);
  }
  for (const wrong of ["", "A", `${signature}=`, `${signature}A`, signature.slice(1)]) {
    expect(nodeCrypto.verify(publicKey, "text", wrong)).toBe(false);
  }
});

test("a key of another kind does not sign", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64url") as SigningKey;
  expect(() => nodeCrypto.sign(der, "text")).toThrow("not an Ed25519 key");
});

test("base64url gives back every text, and nothing for what is none", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(nodeCrypto.fromBase64Url(nodeCrypto.toBase64Url(text))).toBe(text);
    }),
  );
  expect(nodeCrypto.fromBase64Url("a+b/")).toBeNull();
  expect(nodeCrypto.fromBase64Url("_w")).toBeNull();
});
