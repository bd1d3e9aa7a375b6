import {
  createHash,
  createPublicKey,
  type KeyLike,
  type KeyObject,
  verify,
  X509Certificate,
} from "node:crypto";
import { SIGNATURE_NAMESPACE } from "@loa/shared/cap/cap-words.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { asInstant, type Instant } from "@loa/shared/kernel/time.ts";
import type { SenderKey } from "@loa/shared/trust/standing-approval.ts";
import { DOMParser } from "@xmldom/xmldom";
import { SignedXml } from "xml-crypto";

const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const RSA_SHA512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
const ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";

/** The signature leaves itself out, and one canonical form. */
const MAX_TRANSFORMS = 3;
/** With a chain of certificates some thirty. To look for one takes the square of them. */
const MAX_PARTS = 64;

/**
 * What one of these keys has really signed of the document (W3C XML Signature 1.1), as canonical text: nothing else of it
 * may be believed, or a second message could be wrapped around the signed one. SHA-1 is refused, and the key is never
 * taken from the document.
 */
export function signedPartOf(
  document: string,
  keys: readonly SenderKey[],
  at: Instant,
): Result<string, string> {
  const root = new DOMParser().parseFromString(document, "text/xml").documentElement;
  const signatures = root.getElementsByTagNameNS(SIGNATURE_NAMESPACE, "Signature");
  const signature = signatures.item(0);
  if (signature === null || signature.parentNode !== root) return fail("missing: this sender signs");
  if (signatures.length > 1) return fail("more than one signature");
  if (signature.getElementsByTagNameNS("*", "*").length > MAX_PARTS) return fail("has too many parts");
  const count = (name: string) => signature.getElementsByTagNameNS("*", name).length;
  // Before anything is reckoned: each reference and each transform goes through the whole document once more.
  if (count("SignedInfo") !== 1 || count("Reference") !== 1 || count("Transform") > MAX_TRANSFORMS)
    return fail("must be over the whole alert, once");
  const whys = keys.map((key) => check(document, signature, key, at));
  return whys.find((one) => one.ok) ?? whys[0] ?? fail("no certificate");
}

function check(
  document: string,
  // The library's own types speak of the browser's document.
  signature: Parameters<SignedXml["loadSignature"]>[0],
  { publicKey, from, to }: SenderKey,
  at: Instant,
): Result<string, string> {
  if (at < from || at > to) return fail("the certificate does not hold at the time in sent");
  const key = publicKeyOf(publicKey);
  if (key === null) return fail("cannot be checked");
  const reader = new SignedXml({ publicCert: key.export({ format: "pem", type: "spki" }) });
  const { [RSA_SHA256]: rsa256, [RSA_SHA512]: rsa512 } = reader.SignatureAlgorithms;
  const { [SHA256]: sha256 } = reader.HashAlgorithms;
  if (rsa256 === undefined || rsa512 === undefined || sha256 === undefined) return fail("cannot be checked");
  reader.SignatureAlgorithms = {
    [RSA_SHA256]: rsa256,
    [RSA_SHA512]: rsa512,
    [ECDSA_SHA256]: EcdsaSha256,
  };
  reader.HashAlgorithms = { [SHA256]: sha256 };
  try {
    reader.loadSignature(signature);
    if (!reader.checkSignature(document)) return fail("does not hold");
  } catch (error) {
    return fail(error instanceof Error ? error.message.slice(0, 200) : "does not hold");
  }
  const [whole, ...more] = reader.getSignedReferences();
  return whole === undefined || more.length > 0 ? fail("must be over the whole alert, once") : ok(whole);
}

/** XML Signature 1.1, 6.4.3: r and s one after the other, not DER. */
class EcdsaSha256 {
  getAlgorithmName(): string {
    return ECDSA_SHA256;
  }

  getSignature(): string {
    throw new Error("nothing is signed here");
  }

  verifySignature(material: string, key: KeyLike, signatureValue: string): boolean {
    const publicKey = createPublicKey(key instanceof Uint8Array ? Buffer.from(key) : key);
    if (publicKey.asymmetricKeyType !== "ec") return false;
    const signature = Buffer.from(signatureValue, "base64");
    return verify("sha256", Buffer.from(material), { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
  }
}

function publicKeyOf(spki: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, "base64url"), format: "der", type: "spki" });
    return key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "ec" ? key : null;
  } catch {
    return null;
  }
}

/** The key of a certificate (PEM), for as long as the certificate holds. */
export function senderKeyOf(certificate: string): SenderKey {
  const { publicKey, validFromDate, validToDate } = new X509Certificate(certificate);
  return {
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64url"),
    from: asInstant(validFromDate.getTime()),
    to: asInstant(validToDate.getTime()),
  };
}

/** The certificate of a PEM text, as it is kept; null when it is none that we can check. */
export function certificateOf(
  pem: string,
): { readonly pem: string; readonly sha256: string; readonly notAfter: number } | null {
  try {
    const known = new X509Certificate(pem);
    const type = known.publicKey.asymmetricKeyType;
    if (type !== "rsa" && type !== "ec") return null;
    const sha256 = createHash("sha256").update(known.raw).digest("hex");
    return { pem: known.toString(), sha256, notAfter: known.validToDate.getTime() };
  } catch {
    return null;
  }
}
