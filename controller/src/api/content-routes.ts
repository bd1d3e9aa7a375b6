import { createRoute, z } from "@hono/zod-openapi";
import { type BoxId, boxId, sha256 } from "@loa/shared/kernel/ids.ts";
import { auth } from "hono/utils/basic-auth";
import { placedBox } from "../store/boxes.ts";
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
  summary: "A clip or manifest of the box's own plan, by Basic authentication with box id and password",
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
    if (!(await contentOf(deps.db, box)).has(wanted)) throw new HttpProblem("not-in-plan");
    return blobAnswer(deps.blobs, wanted, c.req.raw, "application/octet-stream");
  });
}

async function requireCredential(deps: ApiDeps, request: Request, address: string): Promise<BoxId> {
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
  return box.id;
}
