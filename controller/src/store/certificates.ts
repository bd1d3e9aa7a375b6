import { type AreaId, areaId, type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, type Instant, instant, plus } from "@loa/shared/kernel/time.ts";
import { certificateSerial } from "@loa/shared/wire/enrolment.ts";
import { z } from "zod";
import type {
  CertificateFacts,
  IssuedCertificate,
  RevokedSerial,
  Serial,
} from "../authority/authority-port.ts";
import type { Database } from "./database.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface StoredCertificate extends IssuedCertificate {
  readonly box: BoxId;
  readonly replacedBy: Serial | null;
}

/** Nobody asks for a certificate that is over for so long. */
const KEPT_AFTER_END_MS = 400 * DAY_MS;

const serial = certificateSerial.transform((text) => text as Serial);

const certificateRow = z
  .object({
    serial,
    box_id: boxId,
    key_sha256: z.string(),
    pem: z.string(),
    not_before: instant,
    not_after: instant,
    replaced_by: serial.nullable(),
  })
  .transform(
    (row): StoredCertificate => ({
      serial: row.serial,
      box: row.box_id,
      keySha256: row.key_sha256,
      pem: row.pem,
      notBefore: row.not_before,
      notAfter: row.not_after,
      replacedBy: row.replaced_by,
    }),
  );

export async function insertCertificate(
  db: Database,
  box: BoxId,
  one: IssuedCertificate,
  at: Instant,
): Promise<void> {
  await db
    .insertInto("certificate")
    .values({
      serial: one.serial,
      box_id: box,
      key_sha256: one.keySha256,
      pem: one.pem,
      not_before: one.notBefore,
      not_after: one.notAfter,
      issued_at: at,
      replaced_by: null,
    })
    .execute();
}

export async function certificateBySerial(db: Database, of: string): Promise<StoredCertificate | null> {
  const row = await db.selectFrom("certificate").where("serial", "=", of).selectAll().executeTakeFirst();
  return row === undefined ? null : certificateRow.parse(row);
}

/** The newest replacement counts. What nobody can need any more goes with it. */
export async function replaceCertificate(
  db: Database,
  old: StoredCertificate,
  next: Serial,
  now: Instant,
): Promise<void> {
  await db.updateTable("certificate").set({ replaced_by: next }).where("serial", "=", old.serial).execute();
  await db
    .deleteFrom("certificate")
    .where("box_id", "=", old.box)
    .where("replaced_by", "is not", null)
    .where("not_after", "<", plus(now, -KEPT_AFTER_END_MS))
    .execute();
}

/** All that could still be shown by boxes that are out of service. */
export async function revokedSerials(db: Database, now: Instant): Promise<readonly RevokedSerial[]> {
  const rows = await db
    .selectFrom("certificate")
    .innerJoin("box", "box.id", "certificate.box_id")
    .where("box.revoked_at", "is not", null)
    .where("certificate.not_after", ">", now)
    .select(["certificate.serial", "box.revoked_at"])
    .orderBy("certificate.serial")
    .execute();
  return rows.map((row) => ({ serial: serial.parse(row.serial), at: instant.parse(row.revoked_at) }));
}

/** The newest certificate of each box in service. */
export async function certificatesInService(
  db: Database,
): Promise<readonly (CertificateFacts & Pick<StoredCertificate, "box">)[]> {
  const rows = await db
    .selectFrom("certificate")
    .innerJoin("box", "box.id", "certificate.box_id")
    .where("box.revoked_at", "is", null)
    .where("certificate.replaced_by", "is", null)
    .select(["certificate.serial", "certificate.box_id", "certificate.not_before", "certificate.not_after"])
    .orderBy("certificate.serial")
    .execute();
  return rows.map((row) => ({
    serial: serial.parse(row.serial),
    box: boxId.parse(row.box_id),
    notBefore: instant.parse(row.not_before),
    notAfter: instant.parse(row.not_after),
  }));
}

export interface CertificateOfBox extends CertificateFacts {
  readonly box: BoxId;
  readonly clusterName: string;
  readonly areaId: AreaId;
  readonly revokedAt: Instant | null;
}

const listedRow = z
  .object({
    serial,
    box_id: boxId,
    not_before: instant,
    not_after: instant,
    name: z.string(),
    area_id: areaId,
    revoked_at: instant.nullable(),
  })
  .transform(
    (row): CertificateOfBox => ({
      serial: row.serial,
      box: row.box_id,
      notBefore: row.not_before,
      notAfter: row.not_after,
      clusterName: row.name,
      areaId: row.area_id,
      revokedAt: row.revoked_at,
    }),
  );

/** The newest certificate of each box within the areas, those that end first at the top. */
export async function certificatesWithin(
  db: Database,
  within: AreaQuery,
  most: number,
): Promise<readonly CertificateOfBox[]> {
  const rows = await db
    .selectFrom("certificate")
    .innerJoin("box", "box.id", "certificate.box_id")
    .innerJoin("cluster", "cluster.id", "box.cluster_id")
    .where("cluster.area_id", "in", within)
    .where("certificate.replaced_by", "is", null)
    .select([
      "certificate.serial",
      "certificate.box_id",
      "certificate.not_before",
      "certificate.not_after",
      "cluster.name",
      "cluster.area_id",
      "box.revoked_at",
    ])
    .orderBy("certificate.not_after")
    .orderBy("certificate.serial")
    .limit(most)
    .execute();
  return rows.map((row) => listedRow.parse(row));
}
