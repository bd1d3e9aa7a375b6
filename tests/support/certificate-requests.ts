import "reflect-metadata";
import { openAuthority } from "@loa/controller/authority/open-authority.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { NEW_BOX_NAME } from "@loa/shared/wire/enrolment.ts";
import {
  BasicConstraintsExtension,
  type Extension,
  PemConverter,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from "@peculiar/x509";
import { createLogBook } from "./log-book.ts";
import { testFolder } from "./temp-folder.ts";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const P384 = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" } as const;
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2_048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

export const wantsToBeAnAuthority = new BasicConstraintsExtension(true, undefined, true);
export const wantsAName = new SubjectAlternativeNameExtension([{ type: "dns", value: "loa.example.vn" }]);

export interface RequestWish {
  readonly name?: string;
  readonly algorithm?: "P-256" | "P-384" | "RSA";
  readonly extensions?: Extension[];
}

/** A signing request, honest or not, with the private key that belongs to it. */
export async function requestFor(wish: RequestWish = {}): Promise<{ csr: string; privateKey: string }> {
  const algorithm = wish.algorithm === "RSA" ? RSA : wish.algorithm === "P-384" ? P384 : P256;
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${wish.name ?? NEW_BOX_NAME}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: wish.extensions ?? [],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { csr: request.toString("pem"), privateKey: PemConverter.encode(pkcs8, "PRIVATE KEY") };
}

/** One bit of its last bytes, which are the signature, is another one. */
export function withAnotherSignature(csr: string): string {
  const [der] = PemConverter.decode(csr);
  const bytes = new Uint8Array(der ?? new ArrayBuffer(0));
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return PemConverter.encode(bytes.buffer, "CERTIFICATE REQUEST");
}

/** An authority of its own folder, as a control room makes it at its first start. */
export async function openTestAuthority(folder?: string) {
  return await openAuthority({
    folder: folder ?? (await testFolder()),
    names: () => [
      { type: "dns", value: "localhost" },
      { type: "ip", value: "127.0.0.1" },
    ],
    clock: nodeClock,
    random: nodeRandom,
    log: createLogBook(),
  });
}
