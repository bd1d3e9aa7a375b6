import { SECOND_MS } from "@loa/shared/kernel/time.ts";

/** As it is typed: some three minutes of speech. Longer ones are written for somebody who reads aloud. */
export const MAX_WRITTEN_CHARS = 2_000;
/** As it is said, when numbers and abbreviations are written out. */
export const MAX_SPOKEN_CHARS = 6_000;

/** Words in a minute, as the voice counts them; notices that are built into boxes are spoken at the default. */
export const MIN_RATE = 100;
export const MAX_RATE = 180;
export const DEFAULT_RATE = 140;

/** The longest text takes about one second of a server, and ten of a small machine under load. */
export const SPEAK_LIMIT_MS = 30 * SECOND_MS;
/** Ten minutes of it (22.05 kHz, 16 bit). */
export const MAX_SPEECH_BYTES = 26_460_000;
/** Texts that wait for their turn; one more is told `busy`. */
export const MAX_WAITING_TEXTS = 8;
