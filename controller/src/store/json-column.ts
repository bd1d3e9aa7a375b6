import { z } from "zod";

/** Text that is JSON of this shape. Throws on anything else: only we write these columns. */
export function jsonColumn<Shape extends z.ZodType>(shape: Shape) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(shape);
}

/** A flag kept as 0 or 1. */
export const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);
