/** A new key of this box and what it posts to have it certified. */
export interface NewRequest {
  /** PKCS #8 PEM. */
  readonly privateKey: string;
  readonly csr: string;
}

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** The library is loaded when it is needed, twice in three months: the box has better use for its memory. */
export async function newSigningRequest(commonName: string): Promise<NewRequest> {
  await import("reflect-metadata");
  const { PemConverter, Pkcs10CertificateRequestGenerator } = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: ECDSA,
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { privateKey: PemConverter.encode(pkcs8, "PRIVATE KEY"), csr: request.toString("pem") };
}
