// Its container of parts wants this first.
import "reflect-metadata";
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { asInstant, type Instant } from "@loa/shared/kernel/time.ts";
import * as x509 from "@peculiar/x509";
import type {
  CertificateFacts,
  IssuedCertificate,
  RequestFacts,
  RevokedSerial,
  Serial,
  ServerName,
} from "../authority/authority-port.ts";

/** Certificates, requests and revocation lists (RFC 5280, RFC 2986), all with ECDSA on P-256 and SHA-256. */

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export interface Validity {
  readonly from: Instant;
  readonly to: Instant;
}

/** An authority's key with the certificate that others know it by. */
export interface Signer {
  readonly keyPem: string;
  readonly rootPem: string;
}

export type Purpose =
  | { readonly kind: "client"; readonly commonName: string }
  | { readonly kind: "server"; readonly names: readonly ServerName[] };

/** A new private key, PKCS #8 PEM. */
export async function newP256Key(): Promise<string> {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", pair.privateKey), "PRIVATE KEY");
}

export async function selfSigned(
  keyPem: string,
  commonName: string,
  serial: Serial,
  { from, to }: Validity,
): Promise<string> {
  const keys = { privateKey: await privateKeyOf(keyPem), publicKey: await publicKeyOf(keyPem) };
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    name: [{ CN: [commonName] }],
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ECDSA,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return root.toString("pem");
}

/** `key` is a public key as SPKI, or the private one that it belongs to. It is for one purpose, and signs no others. */
export async function issueCertificate(
  signer: Signer,
  key: string,
  purpose: Purpose,
  serial: Serial,
  { from, to }: Validity,
): Promise<IssuedCertificate> {
  const publicKey = await publicKeyOf(key);
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: [{ CN: [purpose.kind === "client" ? purpose.commonName : (purpose.names[0]?.value ?? "loa")] }],
    issuer: new x509.X509Certificate(signer.rootPem).subject,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ECDSA,
    publicKey,
    signingKey: await privateKeyOf(signer.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([purpose.kind === "client" ? clientAuth : serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await publicKeyOf(signer.keyPem)),
      ...(purpose.kind === "client" ? [] : [new x509.SubjectAlternativeNameExtension([...purpose.names])]),
    ],
  });
  return { ...factsOf(made), pem: made.toString("pem"), keySha256: hashOfKey(made.publicKey) };
}

/** Null for what is no request. */
export async function readRequest(pem: string): Promise<(RequestFacts & { readonly key: string }) | null> {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem);
    const { algorithm } = request.publicKey;
    const curve = "namedCurve" in algorithm ? String(algorithm.namedCurve) : null;
    return {
      commonName: onlyCommonName(request.subjectName),
      curve,
      // Keys of other kinds are refused by their kind; nobody pays for checking them.
      isSignedByItsKey: curve === ECDSA.namedCurve && (await request.verify()),
      wishes: [...request.attributes.map((one) => one.type), ...request.extensions.map((one) => one.type)],
      keySha256: hashOfKey(request.publicKey),
      key: request.publicKey.toString("pem"),
    };
  } catch {
    return null;
  }
}

export async function signRevocationList(
  signer: Signer,
  revoked: readonly RevokedSerial[],
  { from, to }: Validity,
): Promise<string> {
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(signer.rootPem).subject,
    thisUpdate: new Date(from),
    nextUpdate: new Date(to),
    signingAlgorithm: ECDSA,
    signingKey: await privateKeyOf(signer.keyPem),
    entries: revoked.map(({ serial, at }) => ({ serialNumber: serial, revocationDate: new Date(at) })),
  });
  // Node wants the label of RFC 7468, 7.
  return x509.PemConverter.encode(list.rawData, "X509 CRL");
}

/** Serial, dates and names of a certificate. Throws where the text is none. */
export function readCertificate(pem: string): CertificateFacts & { readonly names: readonly string[] } {
  const one = new x509.X509Certificate(pem);
  const names = one.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  return { ...factsOf(one), names: names.map(({ value }) => value) };
}

/** Whether a certificate belongs to a private key. */
export function isCertificateOf(pem: string, keyPem: string): boolean {
  const own = createPublicKey(createPrivateKey(keyPem)).export({ type: "spki", format: "der" });
  return (
    hashOfKey(new x509.X509Certificate(pem).publicKey) === createHash("sha256").update(own).digest("hex")
  );
}

/** 126 random bits, positive and never 0 (RFC 5280, 4.1.2.2). */
export function serialFrom(bytes: Uint8Array): Serial {
  const hex = Buffer.from(bytes).toString("hex");
  const positive = `${(Number.parseInt(hex.slice(0, 1), 16) & 7) | 4}${hex.slice(1, 32)}`;
  return positive as Serial;
}

function onlyCommonName(name: x509.Name): string | null {
  const [first, ...others] = name.toJSON();
  const [value, ...more] = first?.CN ?? [];
  const isOnly = first !== undefined && Object.keys(first).length === 1 && others.length + more.length === 0;
  return isOnly ? (value ?? null) : null;
}

function factsOf(one: x509.X509Certificate): CertificateFacts {
  return {
    serial: one.serialNumber.toLowerCase().replace(/^0+/, "") as Serial,
    notBefore: asInstant(one.notBefore.getTime()),
    notAfter: asInstant(one.notAfter.getTime()),
  };
}

function hashOfKey(key: x509.PublicKey): string {
  return createHash("sha256").update(new Uint8Array(key.rawData)).digest("hex");
}

function privateKeyOf(pem: string) {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return crypto.subtle.importKey("pkcs8", der, ECDSA, false, ["sign"]);
}

function publicKeyOf(pem: string) {
  const der = createPublicKey(pem).export({ type: "spki", format: "der" });
  return crypto.subtle.importKey("spki", der, ECDSA, true, ["verify"]);
}
