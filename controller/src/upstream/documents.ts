import type { Result } from "@loa/shared/kernel/result.ts";

/** Documents of others on the web. */
export interface Documents {
  /** What is behind the address now; `unchanged` where nothing has changed since the marks of the last answer. */
  get(
    url: string,
    marks: DocumentMarks,
    maxBytes: number,
  ): Promise<Result<FoundDocument | "unchanged", string>>;
}

export interface DocumentMarks {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface FoundDocument extends DocumentMarks {
  readonly bytes: Uint8Array;
}
