import { builtInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import { audioFileEnd } from "@loa/shared/node/audio-file-end.ts";
import { decodeNotice, type NoticeOptions, noticePath } from "./notice.ts";

/** Of full scale, 16 bit: what stays below it nobody hears. */
const LEAST_PEAK = 1_600;

/**
 * Whether a sound engine that begins now could say all built-in words. One that runs holds them in its memory and says
 * them whatever became of the files; after its next start an alarm would only howl.
 */
export async function areWordsWhole(options: NoticeOptions): Promise<boolean> {
  let areWhole = true;
  for (const words of builtInWords) {
    const end = audioFileEnd(noticePath(options, words));
    const pcm = end === "cut" ? "truncated" : await decodeNotice(options, words);
    const reason = typeof pcm === "string" ? pcm : isHeard(pcm) ? null : "not-audio";
    if (reason === null) continue;
    areWhole = false;
    options.log.error("sound.notice-missing", { words, reason });
  }
  return areWhole;
}

function isHeard(pcm: Int16Array): boolean {
  return pcm.some((sample) => Math.abs(sample) >= LEAST_PEAK);
}
