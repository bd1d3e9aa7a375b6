import type { CommandId } from "@loa/shared/kernel/ids.ts";
import { asInstant, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import {
  admit,
  afterSeeing,
  EMPTY_WINDOW,
  type Envelope,
  isReplayed,
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
const open = (text: string) =>
  openSealed(text, (id) => (id === "controller" ? keys.publicKey : null), nodeCrypto);
const reader = { isAddressedTo: () => true, sequences: EMPTY_WINDOW, now };

describe("a sealed envelope", () => {
  it("opens as it was", () => {
    expect(open(sealed)).toEqual({ ok: true, value: contents });
  });

  it("with any one character changed opens for nobody", () => {
    fc.assert(
      fc.property(
        fc.nat(sealed.length - 1),
        fc.constantFrom("A", "z", "0", "-", "_", "."),
        (index, character) => {
          fc.pre(sealed[index] !== character);
          const bent = sealed.slice(0, index) + character + sealed.slice(index + 1);
          const opened = open(bent);
          // The last character of a base64url part has unused bits; the same bytes are the same signature.
          if (opened.ok) expect(opened.value).toEqual(contents);
          else expect(["malformed", "unknown-key", "bad-signature"]).toContain(opened.error);
        },
      ),
      { numRuns: 500 },
    );
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

  it("with a field that must be understood and is not is refused", () => {
    const critical = seal(
      { ...contents, critical: ["floodgate"] },
      { issuer: "controller", privateKey: keys.privateKey },
      nodeCrypto,
    );
    expect(open(critical)).toEqual({ ok: false, error: "critical-field" });
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
