import { z } from "zod";

/** What the pages and the site of approvals say to each other; both parse what they hear. */

/** Its page has come up, and waits to be asked. */
export const ready = z.object({ loa: z.literal("approval-site-ready") });

const asked = { loa: z.literal("approval-site-ask"), language: z.enum(["vi", "en"]) };

/** What boxes play of a text, and what it says by the control room's word; null: nobody has typed it. */
const sentSound = z.object({
  sha256: z.string().max(64),
  /** Null: it could not be fetched, or is longer than anybody listens to here. */
  bytes: z.instanceof(ArrayBuffer).nullable(),
  words: z.string().max(10_000).nullable(),
});
export type SentSound = z.infer<typeof sentSound>;

/** They follow the text, which waits for nothing. */
export const sounds = z.object({
  loa: z.literal("approval-site-sounds"),
  sounds: z.array(sentSound).max(2),
});

export const ask = z.discriminatedUnion("do", [
  z.object({
    ...asked,
    do: z.literal("approve"),
    /** The very text that is signed: everything else that is shown is made of it. */
    payload: z.string().min(2).max(40_000),
    credentials: z.array(z.string().max(1_364)).max(20),
    /** How the control room calls the areas that the text names. */
    names: z.array(z.tuple([z.string(), z.string()])).max(300),
  }),
  z.object({
    ...asked,
    do: z.literal("make"),
    person: z.string(),
    options: z.looseObject({ challenge: z.string() }),
  }),
]);
export type Ask = z.infer<typeof ask>;

export const answer = z.discriminatedUnion("did", [
  z.object({
    loa: z.literal("approval-site-answer"),
    did: z.literal("approve"),
    assertion: z.object({
      credential: z.string(),
      authenticatorData: z.string(),
      clientDataJSON: z.string(),
      signature: z.string(),
    }),
  }),
  z.object({
    loa: z.literal("approval-site-answer"),
    did: z.literal("make"),
    made: z.record(z.string(), z.unknown()),
  }),
]);
export type SiteAnswer = z.infer<typeof answer>;
