import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";

/** Lower-case hex of a serial number, without leading zeros. */
export type Serial = string & { readonly __brand: "Serial" };

/** What is kept of a certificate; the rest is in its PEM. */
export interface CertificateFacts {
  readonly serial: Serial;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

export interface IssuedCertificate extends CertificateFacts {
  readonly pem: string;
  /** SHA-256 of the public key it is for. */
  readonly keySha256: string;
}

/** What a signing request (PKCS #10, RFC 2986) asks for. Nothing of it is believed before `judgeRequest`. */
export interface RequestFacts {
  /** The one common name; null when the subject is anything else. */
  readonly commonName: string | null;
  /** As WebCrypto calls it, such as `P-256`; null for a key of another kind. */
  readonly curve: string | null;
  /** Whoever made it holds the private key. */
  readonly isSignedByItsKey: boolean;
  /** Extensions and attributes that it wants, as object identifiers. */
  readonly wishes: readonly string[];
  readonly keySha256: string;
}

export interface OwnCertificate extends CertificateFacts {
  readonly kind: "authority" | "server";
  readonly names: readonly string[];
}

/** What a door may be called by whoever asks for it. */
export interface ServerName {
  readonly type: "dns" | "ip";
  readonly value: string;
}

export interface RevokedSerial {
  readonly serial: Serial;
  readonly at: Instant;
}

/** The private authority of this province: it says which boxes are ours, and which no longer are. */
export interface Authority {
  /** Certificate that boxes and browsers trust, PEM. */
  readonly root: string;
  own(): readonly OwnCertificate[];
  /** Null for what is no request at all. */
  readRequest(pem: string): Promise<RequestFacts | null>;
  /** Only for a request that was judged: its name and its wishes are not looked at again, and none is granted. */
  issue(box: BoxId, request: string, from: Instant): Promise<IssuedCertificate>;
  /** Signs the list of revoked certificates anew; handshakes that begin after the answer are held against it. */
  publishRevoked(serials: readonly RevokedSerial[]): Promise<void>;
  /** The newest list, PEM (RFC 5280, 5). */
  revocationList(): string;
}
