import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import koffi, { type LibraryHandle } from "koffi";

/** The calls of libasound that listen (alsa-lib 1.2, `alsa/pcm.h`). Negative answers are -errno. */
export interface LibasoundCapture {
  open(device: string): Result<CaptureHandle, number>;
  /** Interleaved s16le at `rateHz`, resampling where the card cannot do it; then it runs. */
  start(pcm: CaptureHandle, channels: number, rateHz: number, latencyUs: number): number;
  /** Without waiting; answers the frames that were there. */
  read(pcm: CaptureHandle, into: Int16Array, frames: number): number;
  /** After an overrun or a suspend; 0 when the stream runs again. */
  recover(pcm: CaptureHandle, errno: number): number;
  close(pcm: CaptureHandle): void;
}

export type CaptureHandle = { readonly __brand: "snd_pcm_t * (capture)" };

// alsa/pcm.h
const STREAM_CAPTURE = 1;
const NONBLOCK = 1;
const FORMAT_S16_LE = 2;
const ACCESS_RW_INTERLEAVED = 3;

/** Null where libasound2 is not installed. */
export function loadLibasoundCapture(): LibasoundCapture | null {
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
  const begin = library.func("int snd_pcm_start(void *pcm)");
  const read = library.func("long snd_pcm_readi(void *pcm, void *buffer, ulong frames)");
  const recover = library.func("int snd_pcm_recover(void *pcm, int error, int silent)");
  const close = library.func("int snd_pcm_close(void *pcm)");
  return {
    open(device) {
      const handle: [CaptureHandle | null] = [null];
      const error: number = open(handle, device, STREAM_CAPTURE, NONBLOCK);
      return handle[0] === null || error < 0 ? fail(error) : ok(handle[0]);
    },
    start(pcm, channels, rateHz, latencyUs) {
      const error: number = setParams(
        pcm,
        FORMAT_S16_LE,
        ACCESS_RW_INTERLEAVED,
        channels,
        rateHz,
        1,
        latencyUs,
      );
      return error < 0 ? error : begin(pcm);
    },
    read: (pcm, into, frames) => read(pcm, into, frames),
    recover(pcm, errno) {
      const error: number = recover(pcm, errno, 1);
      return error < 0 ? error : begin(pcm);
    },
    close(pcm) {
      close(pcm);
    },
  };
}
