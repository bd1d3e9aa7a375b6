/** The chime before a programme. */
export const CHIME_MS = 2_400;

/** What a built-in notice says: of an emergency, of an exercise, or that one of them was wrong. */
export const builtInWords = ["actual", "exercise", "correction"] as const;
export type BuiltInWords = (typeof builtInWords)[number];

/** Length of the built-in spoken notices, ms; a test holds the files to it. */
export const BUILT_IN_NOTICE_MS = {
  actual: 9_000,
  exercise: 9_000,
  correction: 6_500,
} as const satisfies Record<BuiltInWords, number>;
