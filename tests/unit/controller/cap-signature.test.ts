import { readSignedCap } from "@loa/shared/node/cap/read-signed-cap.ts";
import { describe, expect, test } from "vitest";
import { capInfo, capMessage } from "../../support/cap-messages.ts";
import { signCap, signingService } from "../../support/signed-cap.ts";

const sender = "dai@kttv.example.vn";
const rsa = await signingService("rsa");
const ec = await signingService("ec");
const stranger = await signingService("rsa");

function read(message: string, certificate: string | null = rsa.certificate) {
  const certificates = new Map(certificate === null ? [] : [[sender, [certificate]] as const]);
  const result = readSignedCap(new TextEncoder().encode(message), certificates);
  return result.ok ? result.value : result.error.map(({ element, why }) => `${element}: ${why}`);
}

describe("a sender who signs is believed in what was signed, and in nothing else", () => {
  test.each([
    ["RSA with SHA-256", rsa],
    ["ECDSA on P-256", ec],
  ] as const)("%s", (_name, service) => {
    expect(read(signCap(capMessage(), service), service.certificate)).toMatchObject({
      sender,
      isSigned: true,
      isSignatureGood: true,
      infos: [{ event: "Lũ quét", areas: [{ areaDesc: "Xã An Hòa" }] }],
    });
  });

  test.each([
    ["no signature", capMessage(), "missing"],
    ["the signature of a stranger", signCap(capMessage(), stranger), "alert/Signature"],
    [
      "one word changed after it was signed",
      signCap(capMessage(), rsa).replace("Lũ quét", "Lũ nhỏ"),
      "alert/Signature",
    ],
    [
      "a second block added after it was signed",
      signCap(capMessage(), rsa).replace(
        "</info>",
        `</info>${capInfo({ event: "<event>Sóng thần</event>" })}`,
      ),
      "alert/Signature",
    ],
    [
      "the signed message wrapped in another one",
      signCap(capMessage(), rsa)
        .replace(/<Signature.*<\/Signature>/s, "")
        .replace(
          "</alert>",
          `${/<Signature.*<\/Signature>/s.exec(signCap(capMessage({ status: "<status>Test</status>" }), rsa))?.[0]}</alert>`,
        ),
      "alert/Signature",
    ],
    [
      "three references, each through the whole message",
      signCap(capMessage(), rsa).replace(/(<Reference.*<\/Reference>)/s, (one) => one.repeat(3)),
      "once",
    ],
    [
      "twenty transforms",
      signCap(capMessage(), rsa).replace(/(<Transform [^>]*><\/Transform>|<Transform [^>]*\/>)/, (one) =>
        one.repeat(20),
      ),
      "once",
    ],
    [
      "a signature with a thousand parts",
      signCap(capMessage(), rsa).replace("</Signature>", `${"<Object/>".repeat(1_000)}</Signature>`),
      "too many parts",
    ],
    [
      "a namespace with a long name, which the canonical form would say again at each of its parts",
      signCap(capMessage(), rsa)
        .replace("<alert ", `<alert xmlns:x="${"u".repeat(50_000)}" `)
        .replace("<event>", '<event x:x="">'),
      "too long",
    ],
    [
      "ten thousand prefixes that are to be looked for at each part",
      signCap(capMessage(), rsa).replace("<alert ", `<alert prefixes="${"x ".repeat(10_000)}" `),
      "too long",
    ],
    [
      "ten thousand comments, of which each is looked at with each other one",
      signCap(capMessage(), rsa).replace("<info>", `${"<!---->".repeat(10_000)}<info>`),
      "comments",
    ],
    [
      "a hundred thousand sections of text that is not looked into",
      signCap(capMessage(), rsa).replace("Lũ quét", `Lũ quét${"<![CDATA[]]>".repeat(100_000)}`),
      "CDATA",
    ],
    [
      "two signatures",
      signCap(capMessage(), rsa).replace(/(<Signature.*<\/Signature>)/s, "$1$1"),
      "more than one",
    ],
    [
      "SHA-1",
      signCap(capMessage(), rsa).replaceAll(
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
      ),
      "alert/Signature",
    ],
  ])("%s is refused, with the reason", (_what, message, why) => {
    const said = read(message);
    expect(Array.isArray(said) ? said.join() : "taken").toContain(why);
  });

  test("an expired certificate signs nothing that was sent after its end", async () => {
    const old = await signingService("rsa", {
      from: new Date("2025-01-01T00:00:00Z"),
      to: new Date("2026-01-01T00:00:00Z"),
    });
    expect(read(signCap(capMessage(), old), old.certificate)).toEqual([
      "alert/Signature: the certificate does not hold at the time in sent",
    ]);
  });

  test("of a sender whose certificate nobody has told, a signature proves nothing", () => {
    expect(read(signCap(capMessage(), rsa), null)).toMatchObject({ isSigned: true, isSignatureGood: false });
  });
});
