import type { Result } from "@loa/shared/kernel/result.ts";

/** Takes a body of unknown length to a temporary file without ever holding it in memory. */
export interface Uploads {
  /** `announcedBytes`: what the sender says will come, where it says so; there must be room for it. */
  receive(
    body: ReadableStream<Uint8Array>,
    limitBytes: number,
    announcedBytes?: number,
  ): Promise<Result<ReceivedFile, UploadFailure>>;
}

export interface ReceivedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** The caller removes it, whatever came of it. */
  remove(): Promise<void>;
}

/** `interrupted`: the sender went away, or was silent for too long. `too-slow`: it sends, but would never come to an end. */
export type UploadFailure = "empty" | "too-large" | "interrupted" | "too-slow" | "disk-full" | "io";
