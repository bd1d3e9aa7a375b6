import "reflect-metadata";
import { type KeyLike, sign } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { SignedXml } from "xml-crypto";

const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
export const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
export const ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

/** A service that signs its alerts: its certificate for others, its key for itself. */
export interface SigningService {
  readonly certificate: string;
  readonly privateKey: string;
  readonly algorithm: typeof RSA_SHA256 | typeof ECDSA_SHA256;
}

export async function signingService(
  kind: "rsa" | "ec",
  validity = { from: new Date("2026-01-01T00:00:00Z"), to: new Date("2027-01-01T00:00:00Z") },
): Promise<SigningService> {
  const algorithm =
    kind === "ec"
      ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
      : {
          name: "RSASSA-PKCS1-v1_5",
          modulusLength: 2_048,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: "SHA-256",
        };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=KTTV",
    notBefore: validity.from,
    notAfter: validity.to,
    signingAlgorithm: algorithm,
    keys,
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: certificate.toString("pem"),
    privateKey: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    algorithm: kind === "ec" ? ECDSA_SHA256 : RSA_SHA256,
  };
}

/** An enveloped signature over the whole message, as CAP 1.2 (3.3.2.1) asks. */
export function signCap(message: string, { privateKey, algorithm }: SigningService): string {
  const signer = new SignedXml({
    privateKey,
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  signer.SignatureAlgorithms = { ...signer.SignatureAlgorithms, [ECDSA_SHA256]: EcdsaSigner };
  signer.addReference({
    xpath: "/*",
    transforms: [ENVELOPED, EXCLUSIVE],
    digestAlgorithm: SHA256,
    isEmptyUri: true,
  });
  signer.computeSignature(message);
  return signer.getSignedXml();
}

class EcdsaSigner {
  getAlgorithmName(): string {
    return ECDSA_SHA256;
  }

  getSignature(signedInfo: unknown, privateKey: KeyLike): string {
    const key = Buffer.isBuffer(privateKey) ? privateKey.toString() : String(privateKey);
    return sign("sha256", Buffer.from(String(signedInfo)), { key, dsaEncoding: "ieee-p1363" }).toString(
      "base64",
    );
  }

  verifySignature(): boolean {
    return false;
  }
}
