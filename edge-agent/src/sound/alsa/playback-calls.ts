import { loadPcmCalls, type PcmCalls } from "./pcm-calls.ts";

/** The calls of libasound that play. Negative answers are -errno. */
export interface Libasound extends PcmCalls<PcmHandle> {
  /** Fills `frames` with the frames that fit and the frames that wait to be heard. */
  availDelay(pcm: PcmHandle, frames: AvailDelay): number;
  /** Without waiting; answers the frames taken. */
  write(pcm: PcmHandle, samples: Int16Array, frames: number): number;
  /** The stream is set up and waits for its start. */
  isPrepared(pcm: PcmHandle): boolean;
}

export type PcmHandle = { readonly __brand: "snd_pcm_t *" };
export interface AvailDelay {
  avail: number;
  delay: number;
}

// alsa/pcm.h
const STATE_PREPARED = 2;

/** Null where libasound2 is not installed. */
export function loadLibasound(): Libasound | null {
  const loaded = loadPcmCalls<PcmHandle>("playback");
  if (loaded === null) return null;
  const { library, calls } = loaded;
  const availDelay = library.func("int snd_pcm_avail_delay(void *pcm, void *avail, void *delay)");
  const write = library.func("long snd_pcm_writei(void *pcm, void *buffer, ulong frames)");
  const state = library.func("int snd_pcm_state(void *pcm)");
  // A C long of 4 or 8 bytes; counts of frames fit its low half, which comes first on the machines we run on.
  const avail = new Int32Array(2);
  const delay = new Int32Array(2);
  return {
    ...calls,
    availDelay(pcm, frames) {
      const error: number = availDelay(pcm, avail, delay);
      frames.avail = avail[0] ?? 0;
      frames.delay = delay[0] ?? 0;
      return error;
    },
    write: (pcm, samples, frames) => write(pcm, samples, frames),
    isPrepared: (pcm) => state(pcm) === STATE_PREPARED,
  };
}
