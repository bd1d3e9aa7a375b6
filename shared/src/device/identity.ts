import type { IdentifyRead } from "./profile-modbus.ts";

/** Whether a raw number is what `identify` asks for. */
export function isIdentity({ expect }: Pick<IdentifyRead, "expect">, raw: number): boolean {
  if ("oneOf" in expect) return expect.oneOf.includes(raw);
  return raw >= expect.between.min && raw <= expect.between.max;
}
