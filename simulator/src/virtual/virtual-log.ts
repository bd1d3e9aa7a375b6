import type { Log, LogFields } from "@loa/shared/kernel/ambient.ts";
import type { Trace } from "./trace.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The log of one machine, which is the trace of the world. */
export function createVirtualLog(time: VirtualTime, trace: Trace, who: string): Log {
  const write =
    (level: string) =>
    (event: string, fields?: LogFields): void =>
      trace.note(
        time.now(),
        who,
        fields === undefined ? `${level} ${event}` : `${level} ${event} ${textOf(fields)}`,
      );
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

function textOf(fields: LogFields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
