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

/** What they say, for whoever chooses or approves them; a test holds the way they are made to it. */
export const BUILT_IN_TEXT = {
  actual:
    "Đây là thông báo khẩn cấp của chính quyền địa phương. Đề nghị bà con chú ý lắng nghe, và làm theo hướng dẫn.",
  exercise:
    "Đây là cuộc diễn tập. Đây chỉ là diễn tập, không phải tình huống khẩn cấp thật. Bà con không cần làm gì.",
  correction: "Thông báo: cảnh báo khẩn cấp vừa phát là nhầm. Xin bà con yên tâm.",
} as const satisfies Record<BuiltInWords, string>;
