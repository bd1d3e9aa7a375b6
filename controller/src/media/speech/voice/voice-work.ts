import { z } from "zod";
import { dialects } from "../dialect.ts";
import { MAX_RATE, MAX_SPEECH_BYTES, MAX_SPOKEN_CHARS, MIN_RATE } from "../speech-limits.ts";

/** What the process that speaks is handed, once. */
export const voiceWork = z.object({
  text: z.string().min(1).max(MAX_SPOKEN_CHARS),
  dialect: z.enum(dialects),
  rate: z.number().int().min(MIN_RATE).max(MAX_RATE),
  /** Where the audio goes. */
  path: z.string(),
});
export type VoiceWork = z.infer<typeof voiceWork>;

/** What it says at its end. */
export const voiceDone = z.object({ sizeBytes: z.number().int().positive().max(MAX_SPEECH_BYTES) });
export type VoiceDone = z.infer<typeof voiceDone>;
