import { z } from "zod";
import { send, sendForSound } from "./http.ts";
import { storedClip } from "./shapes.ts";

/** Calls about texts that a machine reads aloud. */

export const dialects = ["north", "central", "south"] as const;
export type Dialect = (typeof dialects)[number];

export interface SpeechWish {
  readonly text: string;
  readonly dialect: Dialect;
  /** Words in a minute. */
  readonly rate: number;
}

const notice = z.object({
  kind: z.enum(["spelled", "left-out", "foreign"]),
  written: z.string(),
  spoken: z.string(),
});
export type SpeechNotice = z.infer<typeof notice>;

const readMessage = z.object({ spoken: z.string(), notices: z.array(notice) });
export type ReadMessage = z.infer<typeof readMessage>;

const root = "/api/v1/speech";
export const readAloud = (wish: SpeechWish) => send(readMessage, "POST", `${root}/dry-run`, wish);
export const previewSpeech = (wish: SpeechWish) => sendForSound(`${root}/preview`, wish);
export const makeSpeech = (wish: SpeechWish) =>
  send(readMessage.extend({ clip: storedClip }), "POST", root, wish);
