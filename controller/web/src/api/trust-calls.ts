import { type AreaId, areaId, boxId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { keyClass } from "@loa/shared/trust/keys.ts";
import { z } from "zod";
import { get, send } from "./http.ts";

/** Calls about keys, certificates and what was refused. */

const rosterKey = z.object({
  id: z.string(),
  holder: z.object({ name: z.string() }).nullable(),
  copiedAt: instant.nullable(),
  grants: z.array(
    z.object({ classes: z.array(keyClass), areas: z.array(areaId), from: instant, to: instant }),
  ),
});
export type ShownKey = z.infer<typeof rosterKey>;

const rosterExpiry = z.object({
  what: z.enum(["roster", "key"]),
  key: z.string().nullable(),
  at: instant,
  state: z.enum(["valid", "expiring", "expired"]),
});
export type RosterExpiry = z.infer<typeof rosterExpiry>;

const rosterAnswer = z.object({
  roster: z
    .object({
      version: z.number(),
      issuedAt: instant,
      threshold: z.number(),
      rootKeys: z.array(z.object({ id: z.string() })),
      approvals: z.object({ actual: z.number(), exercise: z.number() }),
      keys: z.array(rosterKey),
      expiries: z.array(rosterExpiry),
    })
    .nullable(),
  boxes: z.object({ current: z.number(), older: z.number(), none: z.number() }),
});
export type RosterAnswer = z.infer<typeof rosterAnswer>;

export const certificateState = z.enum(["valid", "expiring", "expired", "revoked"]);
export type CertificateState = z.infer<typeof certificateState>;

const certificate = z.object({
  kind: z.enum(["authority", "server", "box"]),
  serial: z.string(),
  /** Of a server: names and addresses. */
  names: z.array(z.string()),
  boxId: boxId.nullable(),
  clusterName: z.string().nullable(),
  notAfter: instant,
  state: certificateState,
  /** The same box seems to be in two places. */
  cloned: z.object({ at: instant }).nullable(),
});
export type ShownCertificate = z.infer<typeof certificate>;

const certificates = z.object({ certificates: z.array(certificate) });
const refused = z.object({
  at: z.enum(["page", "link", "box"]),
  reason: z.string(),
  count: z.number(),
  title: z.string().nullable(),
  titleVi: z.string().nullable(),
});
export type Refused = z.infer<typeof refused>;
const refusals = z.object({ since: instant, refusals: z.array(refused) });

const pathTest = z.object({
  id: z.string(),
  areaId,
  at: instant,
  by: z.string().nullable(),
  isOver: z.boolean(),
  targeted: z.number(),
  passed: z.number(),
  missing: z.array(z.object({ boxId, state: z.string(), reason: z.string().nullable() })),
});
export type ShownPathTest = z.infer<typeof pathTest>;

export const pathTests = () => get(z.object({ tests: z.array(pathTest) }), "/api/v1/path-tests");
export const testPath = (area: AreaId) =>
  send(z.object({ test: pathTest }), "POST", "/api/v1/path-tests", { area });
export const rosterInForce = () => get(rosterAnswer, "/api/v1/roster");
export const trustCertificates = () => get(certificates, "/api/v1/trust/certificates");
export const trustRefusals = () => get(refusals, "/api/v1/trust/refusals");
