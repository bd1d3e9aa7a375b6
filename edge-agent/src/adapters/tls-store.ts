import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { type BoxCertificate, boxCertificate } from "@loa/shared/wire/enrolment.ts";
import { z } from "zod";
import type { TlsIdentity } from "../tls-identity.ts";
import { readIfThere, removeDurably, writeDurably } from "./durable-file.ts";
import type { NewRequest } from "./signing-request.ts";

/** The key and the certificate that belongs to it, in one file: half a pair opens no door. */
const FILE_NAME = "tls.json";
/** A key that was made for the next certificate, until the certificate is there. */
const NEXT_NAME = "tls-next.json";

const tlsFile = boxCertificate.extend({ privateKey: z.string().min(1) });
const nextFile = z.object({ privateKey: z.string().min(1), csr: z.string().min(1), replaces: z.string() });

/**
 * Null for a box that comes in by its password alone. A torn file is as good as none: the box plays what it has, and
 * somebody sees that it does not come in.
 */
export function readTls(folder: string): TlsIdentity | null {
  const text = readIfThere(join(folder, FILE_NAME));
  const file = tlsFile.safeParse(parseJson(text ?? ""));
  if (!file.success) return null;
  const { privateKey, ...told } = file.data;
  return tlsIdentityIn(told, privateKey);
}

/** Null where the certificate belongs to another key: then what was there stays. */
export function writeTls(folder: string, told: BoxCertificate, privateKey: string): TlsIdentity | null {
  const identity = tlsIdentityIn(told, privateKey);
  if (identity === null) return null;
  writeDurably(join(folder, FILE_NAME), JSON.stringify({ ...told, privateKey }));
  removeDurably(join(folder, NEXT_NAME));
  return identity;
}

/**
 * The request under way for whatever follows this certificate: the same after a restart, since the answer to the last try
 * may have been lost when it was given already.
 */
export function readNext(folder: string, replaces: string): NewRequest | null {
  const text = readIfThere(join(folder, NEXT_NAME));
  if (text === null) return null;
  const next = nextFile.safeParse(parseJson(text));
  return next.success && next.data.replaces === replaces ? next.data : null;
}

export function writeNext(folder: string, replaces: string, request: NewRequest): void {
  writeDurably(join(folder, NEXT_NAME), JSON.stringify({ ...request, replaces }));
}

function tlsIdentityIn(told: BoxCertificate, privateKey: string): TlsIdentity | null {
  try {
    return tlsIdentityOf(told, privateKey);
  } catch {
    return null;
  }
}

/** Throws where they are no pair, or no certificates: a connection made with such would end the agent. */
function tlsIdentityOf(told: BoxCertificate, privateKey: string): TlsIdentity {
  const certificate = new X509Certificate(told.certificate);
  const root = new X509Certificate(told.authority);
  if (!certificate.checkPrivateKey(createPrivateKey(privateKey)) || !root.ca)
    throw new TypeError("the certificate belongs to another key, or is of no authority");
  const { serialNumber, validFromDate, validToDate } = certificate;
  return {
    ...told,
    privateKey,
    serial: serialNumber.toLowerCase().replace(/^0+/, ""),
    notBefore: asInstant(validFromDate.getTime()),
    notAfter: asInstant(validToDate.getTime()),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
