import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import koffi, { type LibraryHandle } from "koffi";

/** The calls we make of libasound (alsa-lib 1.2, `alsa/pcm.h`). Negative answers are -errno. */
export interface Libasound {
  open(device: string): Result<PcmHandle, number>;
  /** Interleaved s16le at `rateHz`, resampling where the card cannot do it. */
  setParams(pcm: PcmHandle, channels: number, rateHz: number, latencyUs: number): number;
  /** Fills `frames` with the frames that fit and the frames that wait to be heard. */
  availDelay(pcm: PcmHandle, frames: AvailDelay): number;
  /** Without waiting; answers the frames taken. */
  write(pcm: PcmHandle, samples: Int16Array, frames: number): number;
  /** The stream is set up and waits for its start. */
  isPrepared(pcm: PcmHandle): boolean;
  start(pcm: PcmHandle): number;
  /** After an underrun or a suspend; 0 when the stream may go on. */
  recover(pcm: PcmHandle, errno: number): number;
  close(pcm: PcmHandle): void;
}

export type PcmHandle = { readonly __brand: "snd_pcm_t *" };
export interface AvailDelay {
  avail: number;
  delay: number;
}

// alsa/pcm.h
const STREAM_PLAYBACK = 0;
const NONBLOCK = 1;
const FORMAT_S16_LE = 2;
const ACCESS_RW_INTERLEAVED = 3;
const STATE_PREPARED = 2;

/** Null where libasound2 is not installed. */
export function loadLibasound(): Libasound | null {
  let library: LibraryHandle;
  try {
    library = koffi.load("libasound.so.2");
  } catch {
    return null;
  }
  const open = library.func("int snd_pcm_open(_Out_ void **pcm, const char *name, int stream, int mode)");
  const setParams = library.func(
    "int snd_pcm_set_params(void *pcm, int format, int access, uint channels, uint rate, int resample, uint latency)",
  );
  const availDelay = library.func("int snd_pcm_avail_delay(void *pcm, void *avail, void *delay)");
  const write = library.func("long snd_pcm_writei(void *pcm, void *buffer, ulong frames)");
  const state = library.func("int snd_pcm_state(void *pcm)");
  const start = library.func("int snd_pcm_start(void *pcm)");
  const recover = library.func("int snd_pcm_recover(void *pcm, int error, int silent)");
  const close = library.func("int snd_pcm_close(void *pcm)");
  // A C long of 4 or 8 bytes; counts of frames fit its low half, which comes first on the machines we run on.
  const avail = new Int32Array(2);
  const delay = new Int32Array(2);
  return {
    open(device) {
      const handle: [PcmHandle | null] = [null];
      const error: number = open(handle, device, STREAM_PLAYBACK, NONBLOCK);
      return handle[0] === null || error < 0 ? fail(error) : ok(handle[0]);
    },
    setParams: (pcm, channels, rateHz, latencyUs) =>
      setParams(pcm, FORMAT_S16_LE, ACCESS_RW_INTERLEAVED, channels, rateHz, 1, latencyUs),
    availDelay(pcm, frames) {
      const error: number = availDelay(pcm, avail, delay);
      frames.avail = avail[0] ?? 0;
      frames.delay = delay[0] ?? 0;
      return error;
    },
    write: (pcm, samples, frames) => write(pcm, samples, frames),
    isPrepared: (pcm) => state(pcm) === STATE_PREPARED,
    start: (pcm) => start(pcm),
    recover: (pcm, errno) => recover(pcm, errno, 1),
    close(pcm) {
      close(pcm);
    },
  };
}
