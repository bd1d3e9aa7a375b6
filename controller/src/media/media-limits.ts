import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";

/** What an upload may be. Passing one is a refusal with its own reason. */
export const MAX_SOURCE_BYTES = 200 * 1024 * 1024;
export const MAX_DURATION_MS = 2 * HOUR_MS;
export const MAX_CHANNELS = 8;
export const MIN_SAMPLE_RATE_HZ = 8_000;
export const MAX_SAMPLE_RATE_HZ = 192_000;

/** Time for one run of ffmpeg: starting it on a busy machine, and decoding at six times real time. */
export const RUN_BASE_TIME_MS = 30 * SECOND_MS;
export const RUN_TIME_PER_MINUTE_MS = 10 * SECOND_MS;

/**
 * Up to here a file goes through the lane of short ones: a warning that somebody has just spoken must not wait behind
 * two hours of music. Four minutes of mp3 at 128 kbit/s.
 */
export const SHORT_SOURCE_BYTES = 4 * 1024 * 1024;

/** Uploads that wait for their turn in each lane; one more is told `busy`. */
export const MAX_WAITING_JOBS = 16;

/** Of one block of ffmpeg's memory. */
export const MAX_ALLOCATION_BYTES = 64 * 1024 * 1024;

/** Room that stays free on the disk beside what is being made. */
export const DISK_RESERVE_BYTES = 64 * 1024 * 1024;

/** Below these a file is silence or hiss: no gain makes it a message. */
export const NO_SOUND_BELOW_LUFS = -60;
export const NO_SOUND_BELOW_PEAK_DB = -50;

export const CLIP_SAMPLE_RATE_HZ = 48_000;
/** Of our own samples while a clip is made: 96 bytes a millisecond, 690 MB for two hours. */
export const PCM_BYTES_PER_MS = 96;

/** Silence at the ends of a clip, unless the province says else: what 16 dB of speech noise would hide. */
export const DEFAULT_TRIM = { belowDb: -50, keepMs: 100 };

/** Whoever serves boxes and pages goes first (nice(1)). */
export const NICENESS = 10;
/** A run may use so much more processor time than wall time: newer builds decode and filter in threads. */
export const CPU_TIME_FACTOR = 4;

/** EBU R128 level of every clip on the air, unless the province sets another. */
export const DEFAULT_TARGET_LUFS = -16;
/** EBU R128 s1: what a codec adds to a peak must still fit below full scale. */
export const MAX_TRUE_PEAK_DB = -1;

/** A recording that needs more is mostly hiss, which the gain would lift as well; clips of plans allow no more. */
export const MAX_GAIN_DB = 24;

export const WAVEFORM_POINTS = 400;

/** Time limit of one run over `durationMs` of audio. */
export function runTimeLimitMs(durationMs: number): number {
  return RUN_BASE_TIME_MS + Math.ceil(durationMs / MINUTE_MS) * RUN_TIME_PER_MINUTE_MS;
}
