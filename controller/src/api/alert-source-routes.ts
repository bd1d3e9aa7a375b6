import { createRoute, z } from "@hono/zod-openapi";
import { asInstant, instant } from "@loa/shared/kernel/time.ts";
import { certificateOf } from "@loa/shared/node/cap/cap-signature.ts";
import { plainNameOf } from "@loa/shared/node/cap/cap-values.ts";
import { FAILURES_TO_TELL } from "../alert-feeds.ts";
import { alertFeedsOf, putAlertFeed, removeAlertFeed } from "../store/alert-feeds.ts";
import {
  alertSenders,
  putAlertSender,
  removeAlertSender,
  setSenderCertificate,
} from "../store/alert-senders.ts";
import { writeAudit } from "../store/audit.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newSecret } from "./new-id.ts";
import { requireFresh } from "./operator.ts";
import { isPrivateHost } from "./private-address.ts";
import { requireProvince } from "./whole-province.ts";

/** Where alerts come from: senders that are let in, their certificates, and feeds that are asked. */

const senderName = z
  .string()
  .max(200)
  // XML has no control characters, so no message has such a sender.
  .refine((text) => plainNameOf(text) !== null && !/\p{Cc}/u.test(text), "as in the sender of its messages");

const listSenders = createRoute({
  method: "get",
  path: "/api/v1/cap-senders",
  summary: "Machines that may bring alerts",
  responses: {
    200: {
      description: "Senders, without their tokens",
      content: {
        "application/json": {
          schema: z.object({
            senders: z
              .array(
                z.object({
                  sender: senderName,
                  addedAt: instant,
                  certificate: z
                    .object({ sha256: z.string(), notAfter: instant })
                    .nullable()
                    .openapi({ description: "With one every message must be signed (XML-DSig)" }),
                }),
              )
              .readonly(),
          }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

const addSender = createRoute({
  method: "put",
  path: "/api/v1/cap-senders/{sender}",
  summary: "Let a machine bring alerts of this sender; its token is told this once, and an older one is void",
  request: { params: z.object({ sender: senderName }) },
  responses: {
    200: {
      description: "The token, for `Authorization: Bearer`",
      content: { "application/json": { schema: z.object({ token: z.string() }) } },
    },
    ...refusals("forbidden", "step-up-needed"),
  },
});

const removeSender = createRoute({
  method: "delete",
  path: "/api/v1/cap-senders/{sender}",
  summary: "This machine brings no more alerts",
  request: { params: z.object({ sender: senderName }) },
  responses: { 204: { description: "Gone" }, ...refusals("not-found", "forbidden", "step-up-needed") },
});

const setCertificate = createRoute({
  method: "put",
  path: "/api/v1/cap-senders/{sender}/certificate",
  summary: "Ask for signatures of this sender: what is not signed with its certificate is refused",
  request: {
    params: z.object({ sender: senderName }),
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            pem: z
              .string()
              .max(16_384)
              .nullable()
              .openapi({ description: "Null: signatures are asked for no longer" }),
          }),
        },
      },
    },
  },
  responses: {
    204: { description: "Kept" },
    ...refusals("not-found", "forbidden", "step-up-needed", "certificate-unreadable"),
  },
});

const feedUrl = z.url({ protocol: /^https?$/ }).max(500);

const listFeeds = createRoute({
  method: "get",
  path: "/api/v1/cap-feeds",
  summary: "Feeds that are asked for alerts, and what became of the last look at each",
  responses: {
    200: {
      description: "Feeds",
      content: {
        "application/json": {
          schema: z.object({
            feeds: z
              .array(
                z.object({
                  url: z.string(),
                  everyS: z.number().int(),
                  lookedAt: instant.nullable(),
                  goodAt: instant.nullable(),
                  problem: z.string().nullable(),
                  isFailing: z.boolean(),
                }),
              )
              .readonly(),
          }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

const addFeed = createRoute({
  method: "post",
  path: "/api/v1/cap-feeds",
  summary: "Ask a feed (Atom, RSS or one alert) for alerts of senders that are let in",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ url: feedUrl, everyS: z.number().int().min(10).max(3_600).default(60) }),
        },
      },
    },
  },
  responses: { 204: { description: "Kept" }, ...refusals("forbidden", "step-up-needed", "feed-not-https") },
});

const removeFeed = createRoute({
  method: "post",
  path: "/api/v1/cap-feeds/remove",
  summary: "Ask a feed no longer",
  request: {
    body: { required: true, content: { "application/json": { schema: z.strictObject({ url: feedUrl }) } } },
  },
  responses: { 204: { description: "Gone" }, ...refusals("not-found", "forbidden", "step-up-needed") },
});

export function alertSourceRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listSenders, async (c) => {
    await requireProvince(deps, c.get("operator"), "set-rules");
    const senders = (await alertSenders(deps.db)).map(({ sender, addedAt, certificate }) => {
      const known = certificate === null ? null : certificateOf(certificate);
      return {
        sender,
        addedAt,
        certificate: known && { sha256: known.sha256, notAfter: asInstant(known.notAfter) },
      };
    });
    return c.json({ senders }, 200);
  });

  api.openapi(addSender, async (c) => {
    const { userId } = await requireProvince(deps, c.get("operator"), "set-rules");
    requireFresh(deps, c.get("operator"));
    const { sender } = c.req.valid("param");
    const token = newSecret(deps.random);
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      await putAlertSender(tx, { sender, addedAt: at, addedBy: userId }, deps.crypto.sha256Hex(token));
      const subject = `alert-sender:${sender}`;
      await writeAudit(tx, { at, userId, act: "alert-sender.let-in", subject, areaId: null, detail: {} });
    });
    return c.json({ token }, 200);
  });

  api.openapi(removeSender, async (c) => {
    const { userId } = await requireProvince(deps, c.get("operator"), "set-rules");
    requireFresh(deps, c.get("operator"));
    const { sender } = c.req.valid("param");
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      if (!(await removeAlertSender(tx, sender))) throw new HttpProblem("not-found");
      const subject = `alert-sender:${sender}`;
      await writeAudit(tx, { at, userId, act: "alert-sender.removed", subject, areaId: null, detail: {} });
    });
    return c.body(null, 204);
  });

  api.openapi(setCertificate, async (c) => {
    const { userId } = await requireProvince(deps, c.get("operator"), "set-rules");
    requireFresh(deps, c.get("operator"));
    const { sender } = c.req.valid("param");
    const { pem } = c.req.valid("json");
    const known = pem === null ? null : certificateOf(pem);
    if (pem !== null && known === null) throw new HttpProblem("certificate-unreadable");
    await deps.db.transaction().execute(async (tx) => {
      if (!(await setSenderCertificate(tx, sender, known?.pem ?? null))) throw new HttpProblem("not-found");
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId,
        act: "alert-sender.certificate-set",
        subject: `alert-sender:${sender}`,
        areaId: null,
        detail: { sha256: known?.sha256 ?? null },
      });
    });
    return c.body(null, 204);
  });

  feedRoutes(api, deps);
}

function feedRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listFeeds, async (c) => {
    await requireProvince(deps, c.get("operator"), "set-rules");
    const feeds = (await alertFeedsOf(deps.db)).map(
      ({ url, everyS, lookedAt, goodAt, problem, failures }) => ({
        ...{ url, everyS, lookedAt, goodAt, problem },
        isFailing: failures >= FAILURES_TO_TELL,
      }),
    );
    return c.json({ feeds }, 200);
  });

  api.openapi(addFeed, async (c) => {
    const { userId } = await requireProvince(deps, c.get("operator"), "set-rules");
    requireFresh(deps, c.get("operator"));
    const { url, everyS } = c.req.valid("json");
    const { protocol, hostname } = new URL(url);
    // What nobody has encrypted anybody on the way can write; only a machine of our own may do without.
    if (protocol !== "https:" && !isPrivateHost(hostname)) throw new HttpProblem("feed-not-https");
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      await putAlertFeed(tx, { url, everyS, addedAt: at, addedBy: userId });
      const subject = `alert-feed:${url}`;
      await writeAudit(tx, {
        at,
        userId,
        act: "alert-feed.added",
        subject,
        areaId: null,
        detail: { everyS },
      });
    });
    return c.body(null, 204);
  });

  api.openapi(removeFeed, async (c) => {
    const { userId } = await requireProvince(deps, c.get("operator"), "set-rules");
    requireFresh(deps, c.get("operator"));
    const { url } = c.req.valid("json");
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      if (!(await removeAlertFeed(tx, url))) throw new HttpProblem("not-found");
      const subject = `alert-feed:${url}`;
      await writeAudit(tx, { at, userId, act: "alert-feed.removed", subject, areaId: null, detail: {} });
    });
    return c.body(null, 204);
  });
}
