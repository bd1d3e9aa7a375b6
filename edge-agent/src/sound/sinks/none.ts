import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { SINK_BUFFER_MS } from "../format.ts";
import type { SoundSink } from "../sink.ts";
import { createPacer } from "./pacer.ts";

export interface NoneOptions {
  readonly clock: Clock;
  readonly channels?: number;
  readonly bufferMs?: number;
}

/** Takes the stream in real time and lets nobody hear it. */
export function createNoneSink(options: NoneOptions): SoundSink {
  const pacer = createPacer(options.clock, options.bufferMs ?? SINK_BUFFER_MS);
  let underruns = 0;
  return {
    name: "none",
    channels: options.channels ?? 1,
    clock: "exact",
    get roomFrames() {
      return pacer.roomFrames;
    },
    get nextHeardAt() {
      return pacer.nextHeardAt;
    },
    get underruns() {
      return underruns;
    },
    open() {
      pacer.start();
      return ok(undefined);
    },
    poll() {
      if (pacer.catchUp() > 0) underruns += 1;
      return ok(undefined);
    },
    write() {
      pacer.advance();
      return ok(undefined);
    },
    close() {},
  };
}
