import { createRoute, z } from "@hono/zod-openapi";
import { lineageOf } from "@loa/shared/broadcast/area.ts";
import { MAX_EMERGENCY_MS } from "@loa/shared/broadcast/emergency.ts";
import { boxId, type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, plus, toLocal } from "@loa/shared/kernel/time.ts";
import { readOrder } from "@loa/shared/trust/order.ts";
import { auth } from "hono/utils/basic-auth";
import { standingOf } from "../domain/emergencies.ts";
import { readTree } from "../store/areas.ts";
import { type PlacedBox, placedBox } from "../store/boxes.ts";
import { emergenciesSince, type StoredEmergency } from "../store/emergencies.ts";
import { contentOf } from "../store/plan-states.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { blobAnswer } from "./blob-answer.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { remoteAddress } from "./remote-address.ts";
import { refuseWhileWaiting } from "./waiting.ts";

const getContent = createRoute({
  method: "get",
  path: "/content/v1/{sha256}",
  summary:
    "A clip or manifest of the box's own plan or of an emergency, by Basic authentication with box id and password",
  security: [{ box: [] }],
  request: { params: z.object({ sha256 }) },
  responses: {
    200: { description: "All of it", content: { "application/octet-stream": { schema: z.string() } } },
    206: {
      description: "The range asked for",
      content: { "application/octet-stream": { schema: z.string() } },
    },
    ...refusals("wrong-credential", "not-in-plan", "not-found", "bad-range", "too-many-attempts"),
  },
});

export function contentRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(getContent, async (c) => {
    const { sha256: wanted } = c.req.valid("param");
    const box = await requireCredential(deps, c.req.raw, remoteAddress(c));
    const isWanted = (await contentOf(deps.db, box.id)).has(wanted) || (await isNoticeFor(deps, box, wanted));
    if (!isWanted) throw new HttpProblem("not-in-plan");
    return blobAnswer(deps.blobs, wanted, c.req.raw, "application/octet-stream");
  });
}

/** What an emergency says that is in force where the box stands. */
async function isNoticeFor(deps: ApiDeps, box: PlacedBox, wanted: Sha256): Promise<boolean> {
  const now = deps.clock.now();
  const isLocal = deps.drafts
    .localOrders(box.id)
    .some(({ payload }) => readOrder(payload)?.notice?.sha256 === wanted);
  if (isLocal) return true;
  const all = await emergenciesSince(deps.db, plus(now, -MAX_EMERGENCY_MS));
  const some = all.filter((one) => isSaidBy(one, wanted, now));
  if (some.length === 0) return false;
  const lineage = lineageOf(await readTree(deps.db, toLocal(now).date), box.cluster.areaId);
  return some.some((one) => one.areas.some((area) => lineage.includes(area)));
}

/** Its own words while it is in force; its correction's also when that is what ended it. */
function isSaidBy(one: StoredEmergency, wanted: Sha256, now: Instant): boolean {
  const isInForce = standingOf(one, now) === "in-force";
  const { notice, correction } = one.emergency;
  if (isInForce && notice?.sha256 === wanted) return true;
  return correction?.notice?.sha256 === wanted && (isInForce || one.cancelled?.isCorrected === true);
}

async function requireCredential(deps: ApiDeps, request: Request, address: string): Promise<PlacedBox> {
  const given = auth(request);
  const id = boxId.safeParse(given?.username);
  const keys = [`${address} ${id.data ?? ""}`];
  await refuseWhileWaiting(deps.limits, "content", keys);
  const box = id.success ? await placedBox(deps.db, id.data) : null;
  // Comparing hashes of secrets: how far they agree tells nothing about the secret.
  const isRight = box?.passwordSha256 === deps.crypto.sha256Hex(given?.password ?? "");
  if (box === null || !isRight || box.revokedAt !== null) {
    await deps.limits.failed("content", keys);
    throw new HttpProblem("wrong-credential", {}, { "www-authenticate": 'Basic realm="loa"' });
  }
  return box;
}
