import { createRoute, z } from "@hono/zod-openapi";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { type BroughtFile, type IntakeRefusal, takeInClip } from "../clip-intake.ts";
import { BASE_RENDITION } from "../domain/rendition.ts";
import { createIngestJobs, type IngestReport } from "../ingest-jobs.ts";
import { encoders } from "../media/encoders.ts";
import { MAX_SOURCE_BYTES } from "../media/media-limits.ts";
import { type ListedClip, listClips, readableClip } from "../store/clips.ts";
import { keptOriginals } from "../store/originals.ts";
import { renditionKind, renditionsOfClips } from "../store/renditions.ts";
import type { UploadFailure } from "../uploads.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { blobAnswer } from "./blob-answer.ts";
import { clipShape, jobShape, shownClips } from "./clip-shapes.ts";
import { HttpProblem, type ProblemCode, refusals } from "./http-problem.ts";
import { areasFor, type Operator, requireRole } from "./operator.ts";
import { isToBeApproved } from "./sound-to-approve.ts";

/** An hour of uncompressed stereo is 600 MB, of anything sensible far less. */
export const MAX_UPLOAD_BYTES = MAX_SOURCE_BYTES;
const MAX_LISTED = 500;

const jobName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .openapi({ description: "A name that the sender makes up, to ask how far the upload is" });

const upload = createRoute({
  method: "post",
  path: "/api/v1/clips",
  summary: "Upload an audio file: the body is the file itself, at most 200 MiB",
  request: {
    query: z.object({ fileName: z.string().min(1).max(255), job: jobName.optional() }),
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
      "already-there",
      "too-large",
      "empty",
      "not-audio",
      "truncated",
      "damaged",
      "no-sound",
      "too-long",
      "too-many-channels",
      "bad-sample-rate",
      "timeout",
      "interrupted",
      "too-slow",
      "disk-full",
      "busy",
      "tool-missing",
    ),
  },
});

const progress = createRoute({
  method: "get",
  path: "/api/v1/ingests/{job}",
  summary: "How far one's own upload is, and for ten minutes what became of it",
  request: { params: z.object({ job: jobName }) },
  responses: {
    200: { description: "The job", content: { "application/json": { schema: jobShape } } },
    ...refusals("not-found"),
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

const sound = { "audio/mpeg": { schema: z.string() }, "audio/ogg": { schema: z.string() } };

const listen = createRoute({
  method: "get",
  path: "/api/v1/clips/{sha256}/audio",
  summary: "The sound of a clip, as one of its renditions",
  request: {
    params: z.object({ sha256 }),
    query: z.object({ rendition: renditionKind.default(BASE_RENDITION) }),
  },
  responses: {
    200: { description: "All of it", content: sound },
    206: { description: "The range asked for", content: sound },
    ...refusals("not-found", "bad-range"),
  },
});

const original = createRoute({
  method: "get",
  path: "/api/v1/clips/{sha256}/original",
  summary: "What was uploaded, byte for byte, while it is kept",
  request: { params: z.object({ sha256 }) },
  responses: {
    200: { description: "All of it", content: { "application/octet-stream": { schema: z.string() } } },
    206: {
      description: "The range asked for",
      content: { "application/octet-stream": { schema: z.string() } },
    },
    ...refusals("forbidden", "not-found", "bad-range"),
  },
});

export function clipRoutes(api: Api, deps: ApiDeps): void {
  const jobs = createIngestJobs(deps.clock);

  api.openapi(upload, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "write-content");
    const { fileName, job } = c.req.valid("query");
    const announced = Number(c.req.header("content-length") ?? 0);
    if (announced > MAX_UPLOAD_BYTES) throw new HttpProblem("too-large", { limitBytes: MAX_UPLOAD_BYTES });
    const body = c.req.raw.body;
    if (body === null) throw new HttpProblem("empty");
    const report = job === undefined ? null : jobs.begin(operator.userId, job);
    if (job !== undefined && report === null) throw new HttpProblem("already-there", { job });
    const clip = await reported(report, () => takeIn(deps, operator, { body, announced, fileName }, report));
    const [shown] = await shownClips(deps.db, [clip]);
    if (shown === undefined) throw new HttpProblem("internal");
    return c.json({ clip: shown }, 201);
  });

  api.openapi(progress, (c) => {
    const found = jobs.find(c.get("operator").userId, c.req.valid("param").job);
    if (found === null) throw new HttpProblem("not-found");
    return c.json(found, 200);
  });

  api.openapi(listAll, async (c) => {
    const clips = await listClips(deps.db, readerOf(deps, c.get("operator")), MAX_LISTED);
    return c.json({ clips: await shownClips(deps.db, clips) }, 200);
  });

  api.openapi(listen, async (c) => {
    const { sha256: wanted } = c.req.valid("param");
    const { rendition: kind } = c.req.valid("query");
    const operator = c.get("operator");
    const clip = await readableClip(deps.db, wanted, readerOf(deps, operator));
    if (clip === null && !(await isToBeApproved(deps, operator, wanted))) throw new HttpProblem("not-found");
    const made = (await renditionsOfClips(deps.db, [wanted])).get(wanted);
    const file = made?.find((one) => one.kind === kind);
    if (file === undefined) throw new HttpProblem("not-found", { rendition: kind });
    return blobAnswer(deps.blobs, file.sha256, c.req.raw, encoders[kind].contentType);
  });

  api.openapi(original, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "write-content");
    const { sha256: wanted } = c.req.valid("param");
    const clip = await readableClip(deps.db, wanted, readerOf(deps, operator));
    if (clip === null) throw new HttpProblem("not-found");
    const kept = await keptOriginals(deps.db, [clip.sourceSha256]);
    if (!kept.has(clip.sourceSha256)) throw new HttpProblem("not-found", { original: "removed" });
    const answer = await blobAnswer(deps.blobs, clip.sourceSha256, c.req.raw, "application/octet-stream");
    // Never shown by a browser, whatever it is: somebody may have named a page mp3.
    answer.headers.set("content-disposition", attachment(clip.fileName));
    return answer;
  });
}

export function readerOf(deps: ApiDeps, operator: Operator) {
  return { userId: operator.userId, granted: areasFor(deps, operator, "see") };
}

interface Upload {
  readonly body: ReadableStream<Uint8Array>;
  readonly announced: number;
  readonly fileName: string;
}

async function takeIn(
  deps: ApiDeps,
  operator: Operator,
  { body, announced, fileName }: Upload,
  report: IngestReport | null,
): Promise<ListedClip> {
  const received = await deps.uploads.receive(body, MAX_UPLOAD_BYTES, announced);
  if (!received.ok) throw new HttpProblem(problemOf(received.error), { limitBytes: MAX_UPLOAD_BYTES });
  const { path, sizeBytes, remove } = received.value;
  try {
    const onProgress: BroughtFile["onProgress"] = ({ phase, share }) => report?.tell(phase, share);
    const clip = await takeInClip(deps, { path, sizeBytes, fileName, by: operator.userId, onProgress });
    if (clip.ok) return clip.value;
    throw intakeProblem(clip.error);
  } finally {
    await remove();
  }
}

/** However it ends, whoever asks for the job is told. */
async function reported(report: IngestReport | null, work: () => Promise<ListedClip>): Promise<ListedClip> {
  try {
    const clip = await work();
    report?.done(clip.sha256);
    return clip;
  } catch (error) {
    report?.refused(error instanceof HttpProblem ? error.code : "internal");
    throw error;
  }
}

export function intakeProblem({ reason, detail }: IntakeRefusal): HttpProblem {
  return new HttpProblem(reason === "io" ? "internal" : reason, { detail });
}

function problemOf(failure: UploadFailure): ProblemCode {
  return failure === "io" ? "internal" : failure;
}

/** RFC 6266: any name, and none that could leave its quotes. */
function attachment(fileName: string): string {
  return `attachment; filename*=UTF-8''${encodeURIComponent(fileName === "" ? "original" : fileName)}`;
}
