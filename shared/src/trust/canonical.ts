import type { z } from "zod";

/** The one text of a value: keys in the order of the schema, no spaces. What is signed is this text, byte by byte. */
export function canonicalText<T>(schema: z.ZodType<T>, value: T): string {
  return JSON.stringify(schema.parse(value));
}

/** Null unless the text is exactly the one of what it says: no key twice, none unknown, none in another place. */
export function readCanonical<T>(schema: z.ZodType<T>, text: string): T | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(raw);
  return parsed.success && JSON.stringify(parsed.data) === text ? parsed.data : null;
}
