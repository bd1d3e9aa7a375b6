import { createRoute } from "@hono/zod-openapi";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import {
  type BoxCertificate,
  type EnrolAnswer,
  enrolAnswer,
  enrolRequest,
  isClaimCodeWhole,
  NEW_BOX_NAME,
} from "@loa/shared/wire/enrolment.ts";
import { judgeClaim } from "../domain/enrolment.ts";
import { writeAudit } from "../store/audit.ts";
import { boxesInServiceAt, insertBox, placedBox, revokeBox } from "../store/boxes.ts";
import { insertCertificate } from "../store/certificates.ts";
import { claimByCode, useClaim } from "../store/claims.ts";
import type { Database } from "../store/database.ts";
import { insertPlanState } from "../store/plan-states.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { asReached, hostOf } from "./as-reached.ts";
import { type JudgedRequest, judgedRequest, requestRefusals, toldOf } from "./box-certificates.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId, newSecret } from "./new-id.ts";
import { remoteAddress } from "./remote-address.ts";
import { refuseWhileWaiting } from "./waiting.ts";

const enrol = createRoute({
  method: "post",
  path: "/api/v1/enrol",
  summary: "A box trades a claim code for its identity; the password is told this once",
  security: [],
  request: { body: { required: true, content: { "application/json": { schema: enrolRequest } } } },
  responses: {
    201: { description: "Identity", content: { "application/json": { schema: enrolAnswer } } },
    ...refusals(
      "claim-mistyped",
      "claim-unknown",
      "claim-used",
      "claim-expired",
      "too-many-attempts",
      ...requestRefusals,
    ),
  },
});

export function enrolRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(enrol, async (c) => {
    const { claimCode, publicKey, csr } = c.req.valid("json");
    const address = remoteAddress(c);
    await refuseWhileWaiting(deps.limits, "enrol", [address]);
    try {
      if (!isClaimCodeWhole(claimCode)) throw new HttpProblem("claim-mistyped");
      const request = await judgedRequest(deps, csr, NEW_BOX_NAME);
      const wish = { claimCode, publicKey: publicKey as PublicKey, request, host: hostOf(c.req.raw) };
      const enrolled = await deps.db.transaction().execute((tx) => enrolBox(deps, tx, wish));
      for (const box of enrolled.replaced) await deps.changes.boxRevoked(box);
      await deps.changes.boxEnrolled(enrolled.answer.box);
      return c.json(enrolled.answer, 201);
    } catch (error) {
      if (error instanceof HttpProblem) {
        await deps.limits.failed("enrol", [address]);
        deps.log.warn("enrol.refused", { reason: error.code, address });
      }
      throw error;
    }
  });
}

interface Wish {
  readonly claimCode: string;
  readonly publicKey: PublicKey;
  readonly request: JudgedRequest | null;
  /** By which it has reached us. */
  readonly host: string;
}

/** All in one transaction: of two boxes with the same code one is enrolled, and a cluster never has two in service. */
async function enrolBox(
  deps: ApiDeps,
  tx: Database,
  { claimCode, publicKey, request, host }: Wish,
): Promise<{ readonly answer: EnrolAnswer; readonly replaced: readonly BoxId[] }> {
  const now = deps.clock.now();
  const codeSha256 = deps.crypto.sha256Hex(claimCode);
  const claim = await claimByCode(tx, codeSha256);
  const judged = judgeClaim(claim, now);
  if (!judged.ok) throw new HttpProblem(judged.error);
  const cluster = judged.value;
  const box = boxId.parse(newId("box", deps.random));
  const password = newSecret(deps.random);
  if (!(await useClaim(tx, codeSha256, { box, at: now }))) throw new HttpProblem("claim-used");
  const replaced = await boxesInServiceAt(tx, cluster);
  for (const old of replaced) await revokeBox(tx, old, now);
  await insertBox(tx, {
    id: box,
    clusterId: cluster,
    publicKey,
    passwordSha256: deps.crypto.sha256Hex(password),
    enrolledAt: now,
    revokedAt: null,
    simulated: claim?.simulated ?? false,
  });
  await insertPlanState(tx, box);
  await writeAudit(tx, {
    at: now,
    userId: null,
    act: "box.enrolled",
    subject: `box:${box}`,
    areaId: (await placedBox(tx, box))?.cluster.areaId ?? null,
    detail: { cluster, replaced },
  });
  const { issuer, publicKey: issuerKey } = deps.config;
  const issuers = [{ issuer, publicKey: issuerKey }];
  const mqttUrl = asReached(deps.config.mqttUrl, host);
  const contentUrl = asReached(deps.config.contentUrl, host);
  const tls = request === null ? null : await certify(deps, tx, box, request, now);
  const rosters = [...deps.rosters.chain()];
  return {
    answer: { box, cluster, password, mqttUrl, contentUrl, issuers, rosters, tls, at: now },
    replaced,
  };
}

async function certify(
  deps: ApiDeps,
  tx: Database,
  box: BoxId,
  request: JudgedRequest,
  now: Instant,
): Promise<BoxCertificate> {
  const issued = await request.authority.issue(box, request.pem, now);
  await insertCertificate(tx, box, issued, now);
  return toldOf(deps, request, issued);
}
