import type { Log, LogFields } from "@loa/shared/kernel/ambient.ts";
import { type EngineMessage, LOG_TEXT_LIMIT_CHARS } from "./messages.ts";

/** What the engine logs, the agent writes. */
export function createLogOverChannel(say: (message: EngineMessage) => void): Log {
  const write =
    (level: "info" | "warn" | "error") =>
    (event: string, fields: LogFields = {}) => {
      const told = Object.entries(fields).flatMap(([name, value]) =>
        value === undefined
          ? []
          : [[name, typeof value === "string" ? value.slice(0, LOG_TEXT_LIMIT_CHARS) : value] as const],
      );
      say({ kind: "log", level, event, fields: Object.fromEntries(told) });
    };
  return { info: write("info"), warn: write("warn"), error: write("error") };
}
