/** The three ways of speaking that the voice has, from north to south. */
export const dialects = ["north", "central", "south"] as const;
export type Dialect = (typeof dialects)[number];

/** Numbers are not said alike in the whole country: 1 005 is «một nghìn không trăm linh năm» in the north. */
export interface NumberWords {
  readonly thousand: "nghìn" | "ngàn";
  /** Before the last digit where there are no tens. */
  readonly and: "linh" | "lẻ";
}

export const numberWords: Readonly<Record<Dialect, NumberWords>> = {
  north: { thousand: "nghìn", and: "linh" },
  central: { thousand: "nghìn", and: "lẻ" },
  south: { thousand: "ngàn", and: "lẻ" },
};
