import type { Log, LogFields } from "@loa/shared/kernel/ambient.ts";

/** What we use of a pino logger; the room that owns the dependency makes it: `pino({ base: { room } })`. */
export interface PinoLogger {
  info(line: LogFields): void;
  warn(line: LogFields): void;
  error(line: LogFields): void;
}

/** One JSON object a line, with the name of the event in `event`. */
export function createPinoLog(logger: PinoLogger): Log {
  return {
    info: (event, fields) => logger.info({ event, ...fields }),
    warn: (event, fields) => logger.warn({ event, ...fields }),
    error: (event, fields) => logger.error({ event, ...fields }),
  };
}
