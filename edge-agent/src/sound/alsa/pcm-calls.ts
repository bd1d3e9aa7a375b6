import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import koffi, { type LibraryHandle } from "koffi";

/** The calls of libasound that playing and listening share (alsa-lib 1.2, `alsa/pcm.h`). Negative answers are -errno. */
export interface PcmCalls<Handle> {
  /** Never waits, neither here nor later. */
  open(device: string): Result<Handle, number>;
  /** Interleaved s16le at `rateHz`, resampling where the card cannot do it. */
  setParams(pcm: Handle, channels: number, rateHz: number, latencyUs: number): number;
  start(pcm: Handle): number;
  /** After an underrun, an overrun or a suspend; 0 when the stream may go on. */
  recover(pcm: Handle, errno: number): number;
  close(pcm: Handle): void;
}

// alsa/pcm.h
const streams = { playback: 0, capture: 1 } as const;
const NONBLOCK = 1;
const FORMAT_S16_LE = 2;
const ACCESS_RW_INTERLEAVED = 3;

// errno of Linux (asm-generic/errno.h)
export const EAGAIN = 11;
export const EPIPE = 32;
export const ESTRPIPE = 86;

/** Null where libasound2 is not installed. */
export function loadPcmCalls<Handle>(
  stream: keyof typeof streams,
): { readonly library: LibraryHandle; readonly calls: PcmCalls<Handle> } | null {
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
  const start = library.func("int snd_pcm_start(void *pcm)");
  const recover = library.func("int snd_pcm_recover(void *pcm, int error, int silent)");
  const close = library.func("int snd_pcm_close(void *pcm)");
  const calls: PcmCalls<Handle> = {
    open(device) {
      const handle: [Handle | null] = [null];
      const error: number = open(handle, device, streams[stream], NONBLOCK);
      return handle[0] === null || error < 0 ? fail(error) : ok(handle[0]);
    },
    setParams: (pcm, channels, rateHz, latencyUs) =>
      setParams(pcm, FORMAT_S16_LE, ACCESS_RW_INTERLEAVED, channels, rateHz, 1, latencyUs),
    start: (pcm) => start(pcm),
    recover: (pcm, errno) => recover(pcm, errno, 1),
    close(pcm) {
      close(pcm);
    },
  };
  return { library, calls };
}
