import type { IdentifyRead } from "./profile-modbus.ts";
import type { TextIdentify } from "./profile-text.ts";

/** Whether a raw number is what `identify` asks for. */
export function isIdentity({ expect }: Pick<IdentifyRead, "expect">, raw: number): boolean {
  if ("oneOf" in expect) return expect.oneOf.includes(raw);
  return raw >= expect.between.min && raw <= expect.between.max;
}

/** The same for a word of a text device; `between` wants a number. */
export function isTextIdentity({ expect }: Pick<TextIdentify, "expect">, word: string): boolean {
  if ("oneOf" in expect) return expect.oneOf.includes(word);
  if ("startsWith" in expect) return word.startsWith(expect.startsWith);
  return word !== "" && Number(word) >= expect.between.min && Number(word) <= expect.between.max;
}
