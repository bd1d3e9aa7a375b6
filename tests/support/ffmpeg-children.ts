import { childrenOf, readOrEmpty } from "./own-process.ts";

/** The ffmpegs that this process has started and that live, oldest first. */
export function ffmpegChildren(): readonly number[] {
  return childrenOf(process.pid).filter((pid) => readOrEmpty(`/proc/${pid}/comm`) === "ffmpeg\n");
}
