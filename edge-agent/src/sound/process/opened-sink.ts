import type { Result } from "@loa/shared/kernel/result.ts";
import type { SinkFailure, SoundSink } from "../sink.ts";

/** A sink that was just asked to open: who asks first gets that answer. */
export function openedSink(sink: SoundSink, opened: Result<void, SinkFailure>): SoundSink {
  let answer: Result<void, SinkFailure> | null = opened;
  return {
    name: sink.name,
    channels: sink.channels,
    clock: sink.clock,
    get roomFrames() {
      return sink.roomFrames;
    },
    get nextHeardAt() {
      return sink.nextHeardAt;
    },
    get underruns() {
      return sink.underruns;
    },
    open() {
      const now = answer ?? sink.open();
      answer = null;
      return now;
    },
    poll: () => sink.poll(),
    write: (block) => sink.write(block),
    close: () => sink.close(),
  };
}
