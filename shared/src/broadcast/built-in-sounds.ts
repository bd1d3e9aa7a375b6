/** The chime before a programme. */
export const CHIME_MS = 2_400;

/** Length of the built-in spoken notices, ms; a test holds the files to it. */
export const BUILT_IN_NOTICE_MS = { actual: 9_000, exercise: 9_000, correction: 6_500 } as const;
/** What a built-in notice says: of an emergency, of an exercise, or that one of them was wrong. */
export type BuiltInWords = keyof typeof BUILT_IN_NOTICE_MS;
