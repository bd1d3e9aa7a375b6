import { loadPcmCalls, type PcmCalls } from "./pcm-calls.ts";

/** The calls of libasound that listen. Negative answers are -errno. */
export interface LibasoundCapture extends PcmCalls<CaptureHandle> {
  /** Without waiting; answers the frames that were there. */
  read(pcm: CaptureHandle, into: Int16Array, frames: number): number;
}

export type CaptureHandle = { readonly __brand: "snd_pcm_t * (capture)" };

/** Null where libasound2 is not installed. */
export function loadLibasoundCapture(): LibasoundCapture | null {
  const loaded = loadPcmCalls<CaptureHandle>("capture");
  if (loaded === null) return null;
  const { library, calls } = loaded;
  const read = library.func("long snd_pcm_readi(void *pcm, void *buffer, ulong frames)");
  return { ...calls, read: (pcm, into, frames) => read(pcm, into, frames) };
}
