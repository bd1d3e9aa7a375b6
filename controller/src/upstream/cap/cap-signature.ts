import { createHash, createPublicKey, type KeyLike, verify, X509Certificate } from "node:crypto";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { DOMParser } from "@xmldom/xmldom";
import { SignedXml } from "xml-crypto";
import { SIGNATURE_NAMESPACE } from "./cap-words.ts";

const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const RSA_SHA512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
const ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";

/**
 * What one of these certificates has really signed of the document (W3C XML Signature 1.1), as canonical text: nothing
 * else of it may be believed, or a second message could be wrapped around the signed one. SHA-1 is refused, and the key
 * is never taken from the document.
 */
export function signedPartOf(
  document: string,
  certificates: readonly string[],
  at: Instant,
): Result<string, string> {
  const root = new DOMParser().parseFromString(document, "text/xml").documentElement;
  const signatures = root.getElementsByTagNameNS(SIGNATURE_NAMESPACE, "Signature");
  const signature = signatures.item(0);
  if (signature === null || signature.parentNode !== root) return fail("missing: this sender signs");
  if (signatures.length > 1) return fail("more than one signature");
  const whys = certificates.map((certificate) => check(document, signature, certificate, at));
  return whys.find((one) => one.ok) ?? whys[0] ?? fail("no certificate");
}

function check(
  document: string,
  // The library's own types speak of the browser's document.
  signature: Parameters<SignedXml["loadSignature"]>[0],
  certificate: string,
  at: Instant,
): Result<string, string> {
  const known = new X509Certificate(certificate);
  if (at < known.validFromDate.getTime() || at > known.validToDate.getTime())
    return fail("the certificate does not hold at the time in sent");
  const reader = new SignedXml({ publicCert: known.publicKey.export({ format: "pem", type: "spki" }) });
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
