import type { Result } from "@loa/shared/kernel/result.ts";

/** Takes a body of unknown length to a temporary file without ever holding it in memory. */
export interface Uploads {
  receive(body: ReadableStream<Uint8Array>, limitBytes: number): Promise<Result<ReceivedFile, UploadFailure>>;
}

export interface ReceivedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** The caller removes it, whatever came of it. */
  remove(): Promise<void>;
}

/** `interrupted`: the sender went away, or was silent for too long. */
export type UploadFailure = "empty" | "too-large" | "interrupted" | "disk-full" | "io";
