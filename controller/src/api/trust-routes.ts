import { createRoute, z } from "@hono/zod-openapi";
import { areaId, boxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { certificateSerial } from "@loa/shared/wire/enrolment.ts";
import type { OwnCertificate } from "../authority/authority-port.ts";
import { ALARM_DAYS, boxRenewsAt, expiryAt, ownRenewsAt } from "../domain/expiry.ts";
import { writeAudit } from "../store/audit.ts";
import { allClones, type BoxClone, cloneSign, removeClone } from "../store/box-clones.ts";
import { type CertificateOfBox, certificatesWithin } from "../store/certificates.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { requireBox } from "./box-routes.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { areasFor, requireAct, requireRole } from "./operator.ts";

/** A province has about 3,000 boxes; those that end first come first. */
const MOST_CERTIFICATES = 20_000;

const alarmDays = z
  .union(ALARM_DAYS.map((days) => z.literal(days)))
  .nullable()
  .openapi({ description: "The threshold of days before the end that was passed last; null: no alarm" });

const certificateShape = z
  .object({
    kind: z.enum(["authority", "server", "box"]),
    serial: certificateSerial,
    /** Names a server goes by; empty for a box. */
    names: z.array(z.string()).readonly(),
    boxId: boxId.nullable(),
    clusterName: z.string().nullable(),
    areaId: areaId.nullable(),
    notBefore: instant,
    notAfter: instant,
    state: z.enum(["valid", "expiring", "expired", "revoked"]),
    alarmDays,
    /** Why two machines seem to carry this box's card. */
    cloned: z.object({ at: instant, sign: cloneSign }).nullable(),
  })
  .openapi("TrustedCertificate");
type Certificate = z.infer<typeof certificateShape>;

const listCertificates = createRoute({
  method: "get",
  path: "/api/v1/trust/certificates",
  summary: "The authority, the doors of this control room, and the boxes within one's own grants",
  responses: {
    200: {
      description: "Certificates, those that end first at the top of each kind",
      content: {
        "application/json": {
          schema: z.object({ now: instant, certificates: z.array(certificateShape).readonly() }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

const clearClone = createRoute({
  method: "delete",
  path: "/api/v1/boxes/{id}/cloned",
  summary: "Somebody has looked: there is only one box of this id",
  request: { params: z.object({ id: boxId }) },
  responses: { 204: { description: "Cleared" }, ...refusals("not-found", "forbidden") },
});

const pemAnswer = (description: string) => ({
  200: { description, content: { "application/x-pem-file": { schema: z.string() } } },
});

const getRoot = createRoute({
  method: "get",
  path: "/api/v1/trust/authority",
  summary: "The root certificate, for browsers and for the images of boxes",
  security: [],
  responses: { ...pemAnswer("PEM"), ...refusals("not-found") },
});

const getList = createRoute({
  method: "get",
  path: "/api/v1/trust/revoked",
  summary: "The signed list of revoked certificates (RFC 5280, 5)",
  security: [],
  responses: { ...pemAnswer("PEM"), ...refusals("not-found") },
});

export function trustRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listCertificates, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "read-trust");
    const now = deps.clock.now();
    const clones = new Map((await allClones(deps.db)).map((one) => [one.box, one]));
    const boxes = await certificatesWithin(
      deps.db,
      areasFor(deps, operator, "read-trust"),
      MOST_CERTIFICATES,
    );
    const certificates = [
      ...(deps.authority?.own() ?? []).map((one) => ownShape(one, now)),
      ...boxes.map((one) => boxShape(one, clones.get(one.box) ?? null, now)),
    ];
    return c.json({ now, certificates }, 200);
  });

  api.openapi(clearClone, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const { cluster } = await requireBox(deps, operator, id);
    await requireAct(deps, operator, "revoke-box", cluster.areaId);
    await deps.db.transaction().execute(async (tx) => {
      if (!(await removeClone(tx, id))) throw new HttpProblem("not-found");
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "box.clone-cleared",
        subject: `box:${id}`,
        areaId: cluster.areaId,
        detail: { cluster: cluster.id },
      });
    });
    deps.changes.cloneCleared(id);
    return c.body(null, 204);
  });

  api.openapi(getRoot, (c) => pem(c.body, deps.authority?.root));
  api.openapi(getList, (c) => pem(c.body, deps.authority?.revocationList()));
}

function pem(
  body: (text: string, status: 200, headers: Record<string, string>) => Response,
  text: string | undefined,
): Response {
  if (text === undefined) throw new HttpProblem("not-found");
  return body(text, 200, { "content-type": "application/x-pem-file" });
}

function ownShape(one: OwnCertificate, now: Instant): Certificate {
  const { kind, serial, names, notBefore, notAfter } = one;
  return {
    kind,
    serial,
    names,
    boxId: null,
    clusterName: null,
    areaId: null,
    notBefore,
    notAfter,
    ...expiryAt({ notAfter, renewsAt: ownRenewsAt(one) }, now),
    cloned: null,
  };
}

function boxShape(one: CertificateOfBox, clone: BoxClone | null, now: Instant): Certificate {
  const { serial, notBefore, notAfter, revokedAt } = one;
  const expiry = expiryAt({ notAfter, renewsAt: boxRenewsAt(one) }, now);
  return {
    kind: "box",
    serial,
    names: [],
    boxId: one.box,
    clusterName: one.clusterName,
    areaId: one.areaId,
    notBefore,
    notAfter,
    ...(revokedAt === null ? expiry : { state: "revoked" as const, alarmDays: null }),
    cloned: clone === null ? null : { at: clone.at, sign: clone.sign },
  };
}
