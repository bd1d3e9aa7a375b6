import type { Dialect, SpeechNotice, SpeechWish } from "../api/speech-calls.ts";

/** What the form of a typed message holds. */
export interface TypedText {
  readonly text: string;
  readonly dialect: Dialect;
  readonly pace: Pace;
}

/** Words in a minute; the notices that are built into boxes are spoken at the usual pace. */
const rates = { slow: 115, usual: 140, quick: 160 } as const;
export type Pace = keyof typeof rates;
export const paces = ["slow", "usual", "quick"] as const satisfies readonly Pace[];

/** As the controller counts. */
export const MAX_TYPED_CHARS = 2_000;

export const emptyTyped: TypedText = { text: "", dialect: "north", pace: "usual" };

/** Null where there is nothing to read, or too much. */
export function speechWish({ text, dialect, pace }: TypedText): SpeechWish | null {
  const isFit = text.trim() !== "" && text.length <= MAX_TYPED_CHARS;
  return isFit ? { text, dialect, rate: rates[pace] } : null;
}

/** «BVTM (bê vê tê mờ), XYZ (ích i dài dét)» */
export function listOf(notices: readonly SpeechNotice[], kind: SpeechNotice["kind"]): string {
  return notices
    .filter((one) => one.kind === kind)
    .map(({ written, spoken }) => (kind === "spelled" ? `${written} (${spoken})` : written))
    .join(", ");
}
