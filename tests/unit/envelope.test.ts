import type { CommandId } from "@loa/shared/kernel/ids.ts";
import { asInstant, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import {
  admit,
  afterSeeing,
  EMPTY_WINDOW,
  type Envelope,
  isReplayed,
  isUnderstood,
  MAX_ENVELOPE_BYTES,
  openSealed,
  SEQUENCE_WINDOW,
  seal,
} from "@loa/shared/wire/envelope.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const keys = newKeyPair();
const now = asInstant(Date.UTC(2026, 10, 23));
const contents: Envelope = {
  v: 1,
  id: "01a2065a-d9b8-7203-a25b-741f9a6e48ae" as CommandId,
  kind: "stop",
  audience: { area: "khanh-hoa" as never },
  issuer: "controller",
  sequence: 7,
  issuedAt: now,
  notBefore: now,
  expiresAt: plus(now, 60_000),
  critical: [],
  body: { at: now },
};
const sealed = seal(contents, { issuer: "controller", privateKey: keys.privateKey }, nodeCrypto);
/** Signed with the right key over whatever the words are. */
function signedAsIs(head: string, body: string): string {
  const signed = `${nodeCrypto.toBase64Url(head)}.${nodeCrypto.toBase64Url(body)}`;
  return `${signed}.${nodeCrypto.sign(keys.privateKey, signed)}`;
}
const open = (text: string) =>
  openSealed(text, (id) => (id === "controller" ? keys.publicKey : null), nodeCrypto);
const reader = { isAddressedTo: () => true, sequences: EMPTY_WINDOW, now };

describe("a sealed envelope", () => {
  it("opens as it was", () => {
    expect(open(sealed)).toEqual({ ok: true, value: contents });
  });

  it("with any one bit turned, at any byte, opens for nobody", () => {
    const bytes = Buffer.from(sealed);
    const words = new Set<string>();
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const bent = Buffer.from(bytes);
        bent.writeUInt8(bent.readUInt8(at) ^ (1 << bit), at);
        const opened = open(bent.toString("utf8"));
        if (opened.ok) throw new Error(`byte ${at}, bit ${bit}`);
        words.add(opened.error);
      }
    }
    expect([...words].sort()).toEqual(["bad-signature", "malformed", "unknown-key"]);
  });

  it("with any character left out, doubled or put in opens for nobody", () => {
    for (let at = 0; at <= sealed.length; at += 1) {
      for (const between of ["A", "_", ".", "=", " ", "\u0000", "é"])
        expect(open(sealed.slice(0, at) + between + sealed.slice(at)).ok).toBe(false);
      if (at > 0) expect(open(sealed.slice(0, at - 1) + sealed.slice(at)).ok).toBe(false);
    }
  });

  it.for([
    ["a name twice in the body", (text: string) => text.replace('"body":{', '"body":{"at":0,')],
    ["a name twice at the top", (text: string) => text.replace('{"v":1', '{"kind":"emergency","v":1')],
    ["a name twice, once escaped", (text: string) => text.replace('{"v":1', '{"\\u006bind":"time","v":1')],
    ["the prototype's name", (text: string) => text.replace('{"v":1', '{"__proto__":{"kind":"stop"},"v":1')],
    ["an infinite sequence", (text: string) => text.replace('"sequence":7', '"sequence":1e999')],
    ["a sequence beyond 2^53", (text: string) => text.replace('"sequence":7', '"sequence":9007199254740993')],
    ["a sequence that is no whole number", (text: string) => text.replace('"sequence":7', '"sequence":7.5')],
    [
      "deep nesting",
      (text: string) => text.replace('"body":{', `"body":{"a":${"[".repeat(99)}${"]".repeat(99)},`),
    ],
    ["another version", (text: string) => text.replace('"v":1', '"v":2')],
    ["an audience that is two", (text: string) => text.replace('{"area":', '{"box":"xa-an","area":')],
  ] as const)("with %s is malformed, though its signature is good", ([, bend]) => {
    const text = bend(JSON.stringify(contents));
    expect(text).not.toBe(JSON.stringify(contents));
    expect(open(signedAsIs('{"alg":"EdDSA","kid":"controller","typ":"loa+jws"}', text))).toEqual({
      ok: false,
      error: "malformed",
    });
  });

  it.for([
    ["no algorithm", '{"alg":"none","kid":"controller","typ":"loa+jws"}'],
    ["an HMAC, whose key would be the public one", '{"alg":"HS256","kid":"controller","typ":"loa+jws"}'],
    ["another type", '{"alg":"EdDSA","kid":"controller","typ":"JWT"}'],
    ["no type", '{"alg":"EdDSA","kid":"controller"}'],
    ["its algorithm twice", '{"alg":"none","alg":"EdDSA","kid":"controller","typ":"loa+jws"}'],
    ["a key of its own", '{"alg":"EdDSA","kid":"controller","typ":"loa+jws","jwk":{"kty":"OKP"}}'],
    [
      "what must be understood",
      '{"alg":"EdDSA","kid":"controller","typ":"loa+jws","crit":["b64"],"b64":false}',
    ],
    ["a header that is an array", '["EdDSA"]'],
    ["a header that is null", "null"],
  ] as const)("with %s is malformed, though its signature is good", ([, head]) => {
    expect(open(signedAsIs(head, JSON.stringify(contents)))).toEqual({ ok: false, error: "malformed" });
  });

  it("of any rubbish is refused with a word, never with an exception", () => {
    fc.assert(fc.property(fc.string(), (text) => !open(text).ok));
    expect(open("")).toEqual({ ok: false, error: "malformed" });
    expect(open("a".repeat(MAX_ENVELOPE_BYTES + 1))).toEqual({ ok: false, error: "too-large" });
  });

  it("by another key, an unknown key or no algorithm is refused", () => {
    const other = newKeyPair();
    const forged = seal(contents, { issuer: "controller", privateKey: other.privateKey }, nodeCrypto);
    expect(open(forged)).toEqual({ ok: false, error: "bad-signature" });
    const stranger = seal(
      { ...contents, issuer: "stranger" },
      { issuer: "stranger", privateKey: other.privateKey },
      nodeCrypto,
    );
    expect(open(stranger)).toEqual({ ok: false, error: "unknown-key" });
    const none = `${nodeCrypto.toBase64Url('{"alg":"none","kid":"controller","typ":"loa+jws"}')}.${sealed.split(".")[1]}.`;
    expect(open(none)).toEqual({ ok: false, error: "malformed" });
  });

  it("that names another issuer than the key that has signed it is malformed", () => {
    const signer = { issuer: "controller", privateKey: keys.privateKey };
    const foreign = seal({ ...contents, issuer: "box-1" }, signer, nodeCrypto);
    expect(open(foreign)).toEqual({ ok: false, error: "malformed" });
  });

  it("with a field that must be understood and is not is refused", () => {
    const critical = seal(
      { ...contents, critical: ["floodgate"] },
      { issuer: "controller", privateKey: keys.privateKey },
      nodeCrypto,
    );
    const opened = open(critical);
    expect(opened.ok && isUnderstood(opened.value)).toBe(false);
    const plain = open(sealed);
    expect(plain.ok && isUnderstood(plain.value)).toBe(true);
  });
});

describe("an opened envelope", () => {
  it("is looked at in order: audience, sequence, time", () => {
    const seen = afterSeeing(EMPTY_WINDOW, 7);
    expect(admit(contents, reader)).toBeNull();
    expect(admit(contents, { isAddressedTo: () => false, sequences: seen, now: plus(now, 90_000) })).toBe(
      "wrong-audience",
    );
    expect(admit(contents, { ...reader, sequences: seen, now: plus(now, 90_000) })).toBe("replayed");
    expect(admit(contents, { ...reader, now: plus(now, 60_000) })).toBe("expired");
    expect(admit(contents, { ...reader, now: plus(now, -3_600_000) })).toBe("not-yet-valid");
  });

  it("is not refused for its time by a reader that does not know the time", () => {
    expect(admit({ ...contents, expiresAt: plus(now, -1) }, { ...reader, now: null })).toBeNull();
  });
});

describe("the window of sequences", () => {
  it("takes every number once, in any order within 1,024, and remembers over any number of them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 200 }), (numbers) => {
        let window = EMPTY_WINDOW;
        const taken = new Set<number>();
        for (const number of numbers) {
          const highest = Math.max(0, ...taken);
          const replayed = isReplayed(window, number);
          expect(replayed).toBe(taken.has(number) || (taken.size > 0 && number <= highest - SEQUENCE_WINDOW));
          if (replayed) continue;
          taken.add(number);
          window = afterSeeing(window, number);
          expect(window.seen.length).toBeLessThanOrEqual(SEQUENCE_WINDOW);
        }
      }),
    );
  });
});
