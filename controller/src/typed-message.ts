import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { BroughtFile, TypedText } from "./clip-intake.ts";
import type { Dialect } from "./media/speech/dialect.ts";
import type { SpeechNotice } from "./media/speech/place.ts";
import { MAX_SPOKEN_CHARS, MAX_WRITTEN_CHARS } from "./media/speech/speech-limits.ts";
import { spokenText } from "./media/speech/spoken-text.ts";
import type { Voice, VoiceFailure } from "./media/speech/voice-port.ts";
import type { ReceivedFile } from "./uploads.ts";

/** What somebody types for the loudspeakers. */
export interface TypedMessage {
  readonly text: string;
  readonly dialect: Dialect;
  /** Words in a minute. */
  readonly rate: number;
}

export interface ReadMessage {
  readonly typed: TypedText;
  readonly notices: readonly SpeechNotice[];
}

export type UnreadText =
  | { readonly reason: "nothing-to-say" }
  | { readonly reason: "too-long"; readonly chars: number; readonly limitChars: number };

/** How the machine will say it. */
export function readMessage({ text, dialect, rate }: TypedMessage): Result<ReadMessage, UnreadText> {
  if (text.length > MAX_WRITTEN_CHARS) return tooLong(text.length, MAX_WRITTEN_CHARS);
  const { text: spoken, notices } = spokenText(text, dialect);
  if (!/\p{L}/u.test(spoken)) return fail({ reason: "nothing-to-say" });
  if (spoken.length > MAX_SPOKEN_CHARS) return tooLong(spoken.length, MAX_SPOKEN_CHARS);
  return ok({ typed: { written: text, spoken, dialect, rate }, notices });
}

/** Has it said, and hands the sound to `take`; of the file nothing is left then. */
export async function withSpeech<Made>(
  voice: Voice,
  { spoken: text, dialect, rate }: TypedText,
  take: (file: Pick<BroughtFile, "path" | "sizeBytes">) => Promise<Made>,
): Promise<Result<Made, VoiceFailure>> {
  const said: Result<ReceivedFile, VoiceFailure> = await voice.speak({ text, dialect, rate });
  if (!said.ok) return said;
  const { path, sizeBytes, remove } = said.value;
  try {
    return ok(await take({ path, sizeBytes }));
  } finally {
    await remove();
  }
}

function tooLong(chars: number, limitChars: number): Result<never, UnreadText> {
  return fail({ reason: "too-long", chars, limitChars });
}
