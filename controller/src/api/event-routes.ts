import { createRoute, z } from "@hono/zod-openapi";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { areasSeen } from "../domain/access.ts";
import type { Batch } from "../live-feed.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { type Operator, operatorOf, todaysTree } from "./operator.ts";

/** A page that hears nothing for twice this long knows that the connection is dead. */
const TICK_MS = 5_000;
/** Sessions end and grants change while a wallboard stays open for weeks: looked at every minute. */
const TICKS_TO_RECHECK = 12;
/** 700 users, some with two pages. */
const MAX_PAGES = 1_500;

const liveRoute = createRoute({
  method: "get",
  path: "/api/v1/events",
  summary:
    "Server-sent events: `boxes`, `receipt`, `level`, `tick`, and `reload` when something was left out",
  responses: {
    200: {
      description: "`boxes` comes at most twice a second with the rows that changed, `tick` every 5 s",
      content: { "text/event-stream": { schema: z.string() } },
    },
    ...refusals("busy"),
  },
});

export function eventRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(liveRoute, async (c) => {
    if (deps.feed.listeners >= MAX_PAGES) throw new HttpProblem("busy");
    const operator = c.get("operator");
    const { headers } = c.req.raw;
    const seen = await areasSeenBy(deps, operator);
    return streamSSE(c, (stream) => runPage(deps, stream, headers, seen));
  });
}

async function areasSeenBy(deps: ApiDeps, operator: Operator): Promise<ReadonlySet<string>> {
  return areasSeen(operator.grants, await todaysTree(deps, operator));
}

async function runPage(
  deps: ApiDeps,
  stream: SSEStreamingApi,
  headers: Headers,
  firstSeen: ReadonlySet<string>,
): Promise<void> {
  let seen = firstSeen;
  let ticks = 0;
  let isOpen = true;
  let cancelTick = (): void => undefined;
  const page = deps.feed.subscribe((area) => seen.has(area));
  const tick = async () => {
    ticks += 1;
    if (ticks % TICKS_TO_RECHECK === 0) {
      const operator = await operatorOf(deps, headers);
      if (operator === null) return page.close();
      seen = await areasSeenBy(deps, operator);
    }
    await stream.writeSSE({ event: "tick", data: JSON.stringify({ now: deps.clock.now() }) });
    if (isOpen) cancelTick = deps.timers.after(TICK_MS, startTick);
  };
  const startTick = () => {
    tick().catch((error: unknown) => {
      deps.log.warn("page.lost", { error: String(error) });
      page.close();
    });
  };
  stream.onAbort(() => page.close());
  try {
    startTick();
    for (let batch = await page.next(); batch !== null; batch = await page.next()) {
      await send(deps, stream, batch);
    }
  } finally {
    isOpen = false;
    cancelTick();
    page.close();
  }
}

async function send(deps: ApiDeps, stream: SSEStreamingApi, batch: Batch): Promise<void> {
  if (batch.missed) await stream.writeSSE({ event: "reload", data: "{}" });
  if (batch.changed.length > 0) {
    const data = JSON.stringify({ now: deps.clock.now(), changed: batch.changed });
    await stream.writeSSE({ event: "boxes", data });
  }
  for (const row of batch.receipts) await stream.writeSSE({ event: "receipt", data: JSON.stringify(row) });
  for (const { boxId, rms, peak, at } of batch.levels) {
    await stream.writeSSE({ event: "level", data: JSON.stringify({ boxId, rms, peak, at }) });
  }
}
