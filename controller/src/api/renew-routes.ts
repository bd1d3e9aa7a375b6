import { createRoute } from "@hono/zod-openapi";
import { boxCertificate, type RenewRequest, renewalText, renewRequest } from "@loa/shared/wire/enrolment.ts";
import { judgeRenewal } from "../domain/certificates.ts";
import { writeAudit } from "../store/audit.ts";
import { type PlacedBox, placedBox } from "../store/boxes.ts";
import {
  certificateBySerial,
  insertCertificate,
  replaceCertificate,
  type StoredCertificate,
} from "../store/certificates.ts";
import type { Database } from "../store/database.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { type JudgedRequest, judgedRequest, requestRefusals, toldOf } from "./box-certificates.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { remoteAddress } from "./remote-address.ts";
import { refuseWhileWaiting } from "./waiting.ts";

const renew = createRoute({
  method: "post",
  path: "/api/v1/renew",
  summary: "A box asks for its next certificate, signed with its own key; an expired one may be renewed once",
  security: [],
  request: { body: { required: true, content: { "application/json": { schema: renewRequest } } } },
  responses: {
    201: { description: "The certificate", content: { "application/json": { schema: boxCertificate } } },
    ...refusals(
      "wrong-credential",
      "box-revoked",
      "certificate-unknown",
      "renewal-too-early",
      "renewed-before",
      "too-many-attempts",
      ...requestRefusals,
    ),
  },
});

export function renewRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(renew, async (c) => {
    const wanted = c.req.valid("json");
    const keys = [`${remoteAddress(c)} ${wanted.box}`];
    await refuseWhileWaiting(deps.limits, "renew", keys);
    try {
      const box = await requireSignature(deps, wanted);
      const request = await judgedRequest(deps, wanted.csr, box.id);
      if (request === null) throw new HttpProblem("certificate-unknown");
      return c.json(await renewed(deps, box, wanted, request), 201);
    } catch (error) {
      if (error instanceof HttpProblem) {
        await deps.limits.failed("renew", keys);
        deps.log.warn("renewal.refused", { reason: error.code, box: wanted.box });
      }
      throw error;
    }
  });
}

/** Whether a box exists is told to nobody but itself. */
async function requireSignature(deps: ApiDeps, wanted: RenewRequest): Promise<PlacedBox> {
  const box = await placedBox(deps.db, wanted.box);
  const isSigned = box !== null && deps.crypto.verify(box.publicKey, renewalText(wanted), wanted.signature);
  if (box === null || !isSigned) throw new HttpProblem("wrong-credential");
  return box;
}

async function renewed(deps: ApiDeps, box: PlacedBox, wanted: RenewRequest, request: JudgedRequest) {
  const outcome = await deps.db.transaction().execute((tx) => renewIn(deps, tx, box, wanted, request));
  if (outcome.isSecond) await deps.changes.boxCloned(box.id, { kind: "two-renewals" });
  if (outcome.certificate === null) throw new HttpProblem("renewed-before");
  return toldOf(deps, request, outcome.certificate);
}

/** Whoever did not hear the answer asks again with the same key, and hears the same. */
async function renewIn(
  deps: ApiDeps,
  tx: Database,
  box: PlacedBox,
  { replaces }: RenewRequest,
  request: JudgedRequest,
): Promise<{ readonly certificate: Pick<StoredCertificate, "pem"> | null; readonly isSecond: boolean }> {
  const now = deps.clock.now();
  const found = await certificateBySerial(tx, replaces);
  const old = found?.box === box.id ? found : null;
  const next = old?.replacedBy == null ? null : await certificateBySerial(tx, old.replacedBy);
  const isAgain = next?.keySha256 === request.facts.keySha256 && box.revokedAt === null;
  if (isAgain) return { certificate: next, isSecond: false };
  const history = old === null ? null : { ...old, isReplaced: old.replacedBy !== null };
  const judged = judgeRenewal(history, box.revokedAt !== null, now);
  if (!judged.ok && judged.error === "renewed-before") return { certificate: null, isSecond: true };
  if (!judged.ok) throw new HttpProblem(judged.error);
  if (old === null) throw new HttpProblem("certificate-unknown");
  const issued = await request.authority.issue(box.id, request.pem, now);
  await insertCertificate(tx, box.id, issued, now);
  await replaceCertificate(tx, old, issued.serial, now);
  await writeAudit(tx, {
    at: now,
    userId: null,
    act: "certificate.renewed",
    subject: `box:${box.id}`,
    areaId: box.cluster.areaId,
    detail: { serial: issued.serial, replaces, notAfter: issued.notAfter },
  });
  return { certificate: issued, isSecond: judged.value.isSecond };
}
