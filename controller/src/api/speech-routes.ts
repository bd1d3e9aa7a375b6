import { createRoute, z } from "@hono/zod-openapi";
import { type BroughtFile, takeInClip, tryOutClip } from "../clip-intake.ts";
import { BASE_RENDITION } from "../domain/rendition.ts";
import { encoders } from "../media/encoders.ts";
import { dialects } from "../media/speech/dialect.ts";
import { noticeKinds } from "../media/speech/place.ts";
import { DEFAULT_RATE, MAX_RATE, MIN_RATE } from "../media/speech/speech-limits.ts";
import { type ReadMessage, readMessage, type TypedMessage, withSpeech } from "../typed-message.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { intakeProblem } from "./clip-routes.ts";
import { clipShape, shownClips } from "./clip-shapes.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { type Operator, requireRole } from "./operator.ts";
import { spend } from "./spend.ts";

const MAX_TITLE_CHARS = 200;
/** Of a title that is made of the first words. */
const MADE_TITLE_CHARS = 60;

const message = z.strictObject({
  text: z.string(),
  dialect: z.enum(dialects).default("north"),
  rate: z
    .number()
    .int()
    .min(MIN_RATE)
    .max(MAX_RATE)
    .default(DEFAULT_RATE)
    .openapi({ description: "Words in a minute" }),
});
const typedMessage = message.openapi("TypedMessage");
const namedMessage = message
  .extend({ title: z.string().trim().min(1).max(MAX_TITLE_CHARS).optional() })
  .openapi("NamedMessage", { description: "Without a title the clip is called by its first words" });

const readAnswer = z
  .object({
    spoken: z.string(),
    notices: z
      .array(z.object({ kind: z.enum(noticeKinds), written: z.string(), spoken: z.string() }))
      .readonly(),
  })
  .openapi("ReadMessage", {
    description:
      "What the machine will say, word for word. Notices: what it spells letter by letter, leaves out, or reads by luck " +
      "because it is no Vietnamese word.",
  });

const bodyOf = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true as const, content: { "application/json": { schema } } },
});

const dryRun = createRoute({
  method: "post",
  path: "/api/v1/speech/dry-run",
  summary: "How a text will be read aloud: at most 2,000 characters, numbers and abbreviations written out",
  request: bodyOf(typedMessage),
  responses: {
    200: { description: "The words", content: { "application/json": { schema: readAnswer } } },
    ...refusals("forbidden", "speech-too-long", "nothing-to-say"),
  },
});

const whileMaking = [
  "forbidden",
  "speech-too-long",
  "nothing-to-say",
  "voice-failed",
  "no-sound",
  "timeout",
  "disk-full",
  "busy",
  "tool-missing",
] as const;

const preview = createRoute({
  method: "post",
  path: "/api/v1/speech/preview",
  summary: "The sound of a text, byte for byte as its clip would be; nothing is kept",
  request: bodyOf(typedMessage),
  responses: {
    200: { description: "The sound", content: { "audio/mpeg": { schema: z.string() } } },
    ...refusals(...whileMaking),
  },
});

const speak = createRoute({
  method: "post",
  path: "/api/v1/speech",
  summary: "Make a clip of a text, read aloud; the same text in the same voice is the same clip",
  request: bodyOf(namedMessage),
  responses: {
    201: {
      description: "The clip as boxes will play it",
      content: { "application/json": { schema: readAnswer.extend({ clip: clipShape }) } },
    },
    ...refusals(...whileMaking),
  },
});

export function speechRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(dryRun, (c) => {
    requireRole(c.get("operator"), "write-content");
    const { typed, notices } = read(c.req.valid("json"));
    return c.json({ spoken: typed.spoken, notices }, 200);
  });

  api.openapi(preview, async (c) => {
    const operator = c.get("operator");
    const made = await spoken(deps, operator, c.req.valid("json"), (file) => tryOutClip(deps, file));
    if (!made.ok) throw intakeProblem(made.error);
    return new Response(made.value, { headers: { "content-type": encoders[BASE_RENDITION].contentType } });
  });

  api.openapi(speak, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    const made = await spoken(deps, operator, wanted, (file) => takeInClip(deps, file));
    if (!made.ok) throw intakeProblem(made.error);
    const [clip] = await shownClips(deps.db, [made.value]);
    if (clip === undefined) throw new HttpProblem("internal");
    const { typed, notices } = read(wanted);
    return c.json({ clip, spoken: typed.spoken, notices }, 201);
  });
}

function read(wanted: TypedMessage): ReadMessage {
  const message = readMessage(wanted);
  if (message.ok) return message.value;
  const { reason, ...limits } = message.error;
  throw new HttpProblem(reason === "too-long" ? "speech-too-long" : reason, limits);
}

async function spoken<Made>(
  deps: ApiDeps,
  operator: Operator,
  wanted: TypedMessage & { readonly title?: string | undefined },
  take: (file: BroughtFile) => Promise<Made>,
): Promise<Made> {
  requireRole(operator, "write-content");
  const { typed } = read(wanted);
  await spend(deps, "speech", [operator.userId]);
  const fileName = wanted.title ?? firstWords(wanted.text);
  const made = await withSpeech(deps.voice, typed, (file) =>
    take({ ...file, fileName, by: operator.userId, typed }),
  );
  if (made.ok) return made.value;
  throw new HttpProblem(made.error === "busy" ? "busy" : "voice-failed");
}

function firstWords(text: string): string {
  const line = text.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (line.length <= MADE_TITLE_CHARS) return line;
  return `${line.slice(0, MADE_TITLE_CHARS).replace(/\s+\S*$/u, "")}…`;
}
