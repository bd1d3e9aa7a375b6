import type { SourceId } from "./domain/receipts.ts";

/** What people call the schedule or emergency; empty where nobody in this run has heard of it. */
export type TitleOf = (source: SourceId) => string;
