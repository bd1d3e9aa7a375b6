import type { Log, LogFields } from "@loa/shared/kernel/ambient.ts";

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
  readonly fields: LogFields;
}

/** A log that a test can read. */
export interface LogBook extends Log {
  readonly lines: readonly LogLine[];
}

export function createLogBook(): LogBook {
  const lines: LogLine[] = [];
  const write =
    (level: LogLine["level"]) =>
    (event: string, fields: LogFields = {}) => {
      lines.push({ level, event, fields });
    };
  return { lines, info: write("info"), warn: write("warn"), error: write("error") };
}
