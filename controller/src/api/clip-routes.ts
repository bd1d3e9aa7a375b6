import { createRoute, z } from "@hono/zod-openapi";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import type { IngestedClip } from "../media/media-port.ts";
import { writeAudit } from "../store/audit.ts";
import { insertClip, type ListedClip, listClips, readableClip } from "../store/clips.ts";
import type { ReceivedFile, UploadFailure } from "../uploads.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { blobAnswer } from "./blob-answer.ts";
import { HttpProblem, type ProblemCode, refusals } from "./http-problem.ts";
import { areasFor, type Operator, requireRole } from "./operator.ts";

/** An hour of uncompressed stereo is 600 MB, of anything sensible far less. */
export const MAX_UPLOAD_BYTES = 200 * 1024 * 1024;
const MAX_LISTED = 500;

const clipShape = z
  .object({
    sha256,
    sizeBytes: z.number().int(),
    durationMs: z.number().int(),
    loudnessLufs: z.number(),
    truePeakDb: z.number(),
    gainDb: z.number(),
    waveform: z.array(z.number()).readonly(),
    fileName: z.string(),
    createdAt: instant,
  })
  .openapi("Clip");

const upload = createRoute({
  method: "post",
  path: "/api/v1/clips",
  summary: "Upload an audio file: the body is the file itself, at most 200 MiB",
  request: {
    query: z.object({ fileName: z.string().min(1).max(255) }),
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: {
    201: {
      description: "The clip as boxes will play it",
      content: { "application/json": { schema: z.object({ clip: clipShape }) } },
    },
    ...refusals(
      "forbidden",
      "too-large",
      "empty",
      "not-audio",
      "truncated",
      "no-sound",
      "too-long",
      "too-many-channels",
      "bad-sample-rate",
      "timeout",
      "interrupted",
      "disk-full",
      "busy",
      "tool-missing",
    ),
  },
});

const listAll = createRoute({
  method: "get",
  path: "/api/v1/clips",
  summary: "Clips that one brought oneself, or that bulletins of one's areas use; newest first",
  responses: {
    200: {
      description: "Clips",
      content: { "application/json": { schema: z.object({ clips: z.array(clipShape).readonly() }) } },
    },
    ...refusals(),
  },
});

const listen = createRoute({
  method: "get",
  path: "/api/v1/clips/{sha256}/audio",
  summary: "The sound of a clip",
  request: { params: z.object({ sha256 }) },
  responses: {
    200: { description: "All of it", content: { "audio/mpeg": { schema: z.string() } } },
    206: { description: "The range asked for", content: { "audio/mpeg": { schema: z.string() } } },
    ...refusals("not-found", "bad-range"),
  },
});

export function clipRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(upload, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "write-content");
    const { fileName } = c.req.valid("query");
    const announced = Number(c.req.header("content-length") ?? 0);
    if (announced > MAX_UPLOAD_BYTES) throw new HttpProblem("too-large", { limitBytes: MAX_UPLOAD_BYTES });
    const body = c.req.raw.body;
    if (body === null) throw new HttpProblem("empty");
    const received = await deps.uploads.receive(body, MAX_UPLOAD_BYTES);
    if (!received.ok) throw new HttpProblem(problemOf(received.error), { limitBytes: MAX_UPLOAD_BYTES });
    try {
      const clip = await takeIn(deps, operator, received.value, fileName);
      return c.json({ clip: shown(clip) }, 201);
    } finally {
      await received.value.remove();
    }
  });

  api.openapi(listAll, async (c) => {
    const clips = await listClips(deps.db, readerOf(deps, c.get("operator")), MAX_LISTED);
    return c.json({ clips: clips.map(shown) }, 200);
  });

  api.openapi(listen, async (c) => {
    const { sha256: wanted } = c.req.valid("param");
    const clip = await readableClip(deps.db, wanted, readerOf(deps, c.get("operator")));
    if (clip === null) throw new HttpProblem("not-found");
    return blobAnswer(deps.blobs, wanted, c.req.raw, "audio/mpeg");
  });
}

export function readerOf(deps: ApiDeps, operator: Operator) {
  return { userId: operator.userId, granted: areasFor(deps, operator, "see") };
}

/** The bytes are kept before the row that names them, so a row never names bytes that are not there. */
async function takeIn(
  deps: ApiDeps,
  operator: Operator,
  file: ReceivedFile,
  fileName: string,
): Promise<ListedClip> {
  const ingested = await deps.media.ingest({ path: file.path, sizeBytes: file.sizeBytes, fileName });
  if (!ingested.ok) {
    deps.log.warn("clip.refused", { reason: ingested.error.reason, fileName });
    throw new HttpProblem(ingested.error.reason, { detail: ingested.error.detail });
  }
  const kept = await deps.blobs.put(ingested.value.sha256, ingested.value.path);
  if (!kept.ok) throw new HttpProblem(kept.error === "disk-full" ? "disk-full" : "internal");
  const clip = toListed(ingested.value, fileName, deps.clock.now());
  await deps.db.transaction().execute(async (tx) => {
    await insertClip(tx, clip, { by: operator.userId, fileName, at: clip.createdAt });
    await writeAudit(tx, {
      at: clip.createdAt,
      userId: operator.userId,
      act: "clip.uploaded",
      subject: `clip:${clip.sha256}`,
      areaId: null,
      detail: { fileName, durationMs: clip.durationMs, sourceSha256: clip.sourceSha256 },
    });
  });
  return clip;
}

function toListed(ingested: IngestedClip, fileName: string, createdAt: ListedClip["createdAt"]): ListedClip {
  const {
    sha256: id,
    sizeBytes,
    durationMs,
    gainDb,
    loudnessLufs,
    truePeakDb,
    waveform,
    sourceSha256,
  } = ingested;
  return {
    sha256: id,
    sizeBytes,
    durationMs,
    gainDb,
    loudnessLufs,
    truePeakDb,
    waveform,
    sourceSha256,
    fileName,
    createdAt,
  };
}

function shown({ sourceSha256: _, ...clip }: ListedClip) {
  return clip;
}

function problemOf(failure: UploadFailure): ProblemCode {
  return failure === "io" ? "internal" : failure;
}
