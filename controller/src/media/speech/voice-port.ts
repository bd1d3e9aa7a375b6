import type { Result } from "@loa/shared/kernel/result.ts";
import type { ReceivedFile } from "../../uploads.ts";
import type { Dialect } from "./dialect.ts";

/** A machine that reads aloud. */
export interface Voice {
  /** Audio of the words, the same bytes for the same wish. The caller removes the file, whatever came of it. */
  speak(wish: SpeechWish): Promise<Result<ReceivedFile, VoiceFailure>>;
}

export interface SpeechWish {
  /** As `spokenText` made it: letters and pauses, nothing that the machine could take for an order. */
  readonly text: string;
  readonly dialect: Dialect;
  /** Words in a minute. */
  readonly rate: number;
}

/** `busy`: others are before it. `failed`: the machine gave nothing, or took too long. */
export type VoiceFailure = "busy" | "failed";
