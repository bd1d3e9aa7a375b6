import { join } from "node:path";
import type { Clock, Log, Random } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import { readSecret, writeFirstSecret, writeSecret } from "../adapters/secret-file.ts";
import {
  isCertificateOf,
  issueCertificate,
  newP256Key,
  readCertificate,
  readRequest,
  type Signer,
  selfSigned,
  serialFrom,
  signRevocationList,
} from "../adapters/x509.ts";
import { BOX_CERTIFICATE_MS } from "../domain/certificates.ts";
import { ownRenewsAt } from "../domain/expiry.ts";
import type { Authority, OwnCertificate, RevokedSerial, ServerName } from "./authority-port.ts";

const AUTHORITY_NAME = "Loa authority";
/** A root lives in the images of boxes; a new one means a visit to every pole. */
const ROOT_MS = 20 * 365 * DAY_MS;
const SERVER_MS = 90 * DAY_MS;
/** The clock of whoever looks may be a little behind ours. */
const BACKDATED_MS = HOUR_MS;
/** Boxes whose time begins at the day of their program may be far behind; only ours is held against theirs. */
const SERVER_BACKDATED_MS = 7 * DAY_MS;
/** Long enough that no forgotten timer ever locks a province out; a new list is signed with every look. */
const LIST_VALID_MS = 30 * DAY_MS;

export interface AuthorityOptions {
  /** Where `authority.key`, `authority.crt` and `doors.pem` lie. */
  readonly folder: string;
  /** What people and boxes call this machine, today. */
  readonly names: () => readonly ServerName[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What the doors of the control room speak TLS with. */
export interface DoorCredentials {
  readonly key: string;
  readonly cert: string;
}

export interface OpenedAuthority extends Authority {
  doors(): DoorCredentials;
  /** Renews what is due and signs the list of revoked certificates anew. */
  look(): Promise<void>;
  /** The credentials of the doors or the list of revoked certificates are others now. */
  onChange(listener: () => void): void;
}

/**
 * The authority of this data folder, made at the first start. A key that is gone or broken ends the start: a new one
 * would lock every box out.
 */
export async function openAuthority(options: AuthorityOptions): Promise<OpenedAuthority> {
  const { clock, log } = options;
  const signer = await openSigner(options);
  const root = readCertificate(signer.rootPem);
  const listeners: (() => void)[] = [];
  let revoked: readonly RevokedSerial[] = [];
  let list = await signList();
  let doors = await currentDoors(options, signer);

  function signList(): Promise<string> {
    const now = clock.now();
    const validity = { from: plus(now, -BACKDATED_MS), to: plus(now, LIST_VALID_MS) };
    return signRevocationList(signer, revoked, validity);
  }
  function tell(): void {
    for (const listener of listeners) listener();
  }

  return {
    root: signer.rootPem,
    own: () => [
      { ...root, kind: "authority", names: [AUTHORITY_NAME] },
      { ...readCertificate(doors.cert), kind: "server" } satisfies OwnCertificate,
    ],
    readRequest,
    async issue(box: BoxId, request: string, from: Instant) {
      const read = await readRequest(request);
      if (read === null) throw new TypeError("this request was judged before");
      const validity = { from: plus(from, -BACKDATED_MS), to: plus(from, BOX_CERTIFICATE_MS) };
      const purpose = { kind: "client", commonName: box } as const;
      return issueCertificate(signer, read.key, purpose, serialFrom(options.random.bytes(16)), validity);
    },
    async publishRevoked(serials) {
      revoked = serials;
      list = await signList();
      tell();
    },
    revocationList: () => list,
    doors: () => doors,
    async look() {
      const next = await currentDoors(options, signer);
      if (next.cert !== doors.cert) log.info("certificate.renewed", { names: namesText(next.cert) });
      doors = next;
      list = await signList();
      tell();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

async function openSigner({ folder, clock, random, log }: AuthorityOptions): Promise<Signer> {
  const [keyFile, rootFile] = [join(folder, "authority.key"), join(folder, "authority.crt")];
  const [knownKey, knownRoot] = [await readSecret(keyFile), await readSecret(rootFile)];
  if (knownKey === null && knownRoot !== null)
    throw new Error(`${keyFile} is gone: put it back from the backup, or every box has to be enrolled anew`);
  if (knownKey !== null && knownRoot !== null) {
    if (!isCertificateOf(knownRoot, knownKey))
      throw new Error(`${keyFile} and ${rootFile} do not belong together`);
    return { keyPem: knownKey, rootPem: knownRoot };
  }
  // The power went between the key and its certificate: a certificate of the same name and key is as good.
  const keyPem = knownKey ?? (await newP256Key());
  if (knownKey === null) await writeFirstSecret(keyFile, keyPem);
  const from = plus(clock.now(), -SERVER_BACKDATED_MS);
  const validity = { from, to: plus(from, ROOT_MS) };
  const rootPem = await selfSigned(keyPem, AUTHORITY_NAME, serialFrom(random.bytes(16)), validity);
  await writeSecret(rootFile, rootPem);
  log.info("authority.made", { folder });
  return { keyPem, rootPem };
}

/** What is on the disk while it holds; else a new key with a new certificate. */
async function currentDoors(options: AuthorityOptions, signer: Signer): Promise<DoorCredentials> {
  const { folder, clock, random } = options;
  const file = join(folder, "doors.pem");
  const names = options.names();
  const known = doorsIn(await readSecret(file));
  if (known !== null && isStillGood(known.cert, names, clock.now())) return known;
  const key = await newP256Key();
  const now = clock.now();
  const validity = { from: plus(now, -SERVER_BACKDATED_MS), to: plus(now, SERVER_MS) };
  const purpose = { kind: "server", names } as const;
  const { pem } = await issueCertificate(signer, key, purpose, serialFrom(random.bytes(16)), validity);
  const cert = `${pem}\n${signer.rootPem}\n`;
  await writeSecret(file, `${key}\n${cert}`);
  return { key, cert };
}

/** Key and certificates in one file, so that a power cut cannot leave halves of two pairs. */
function doorsIn(text: string | null): DoorCredentials | null {
  const at = text?.indexOf("-----BEGIN CERTIFICATE-----") ?? -1;
  return text === null || at < 0 ? null : { key: text.slice(0, at).trim(), cert: text.slice(at) };
}

function isStillGood(cert: string, names: readonly ServerName[], now: Instant): boolean {
  const { notBefore, notAfter, names: known } = readCertificate(cert);
  const renewsAt = ownRenewsAt({ kind: "server", notBefore, notAfter });
  return now < (renewsAt ?? notAfter) && names.every(({ value }) => known.includes(value));
}

function namesText(cert: string): string {
  return readCertificate(cert).names.join(" ");
}
