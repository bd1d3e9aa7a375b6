import type { Log } from "@loa/shared/kernel/ambient.ts";
import { createPinoLog } from "@loa/shared/node/pino-log.ts";
import { pino } from "pino";

/** JSON lines on stderr, from this level on; stdout is for people. */
export function createStderrLog(name: string, level: string): Log {
  return createPinoLog(pino({ name, level }, pino.destination(2)));
}
