/** The chime before a programme. */
export const CHIME_MS = 2_400;

/** Length of the built-in spoken notices, ms; a test holds the files to it. */
export const BUILT_IN_NOTICE_MS = { actual: 9_000, exercise: 9_000 } as const;
