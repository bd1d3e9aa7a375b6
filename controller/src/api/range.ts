import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";

/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  /** False when the whole was asked for, or what was asked for is not understood (RFC 9110, 14.2: ignore it). */
  readonly isPart: boolean;
}

/** One range of RFC 9110, 14.1.2. Several at once are answered with the whole, which is allowed. */
export function parseRange(header: string | undefined, size: number): Result<ByteRange, "unsatisfiable"> {
  const whole = { start: 0, end: size, isPart: false };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (match === null || (first === "" && last === "")) return ok(whole);
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? fail("unsatisfiable") : ok({ start: size - length, end: size, isPart: true });
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < start) return ok(whole);
  return start >= size ? fail("unsatisfiable") : ok({ start, end, isPart: true });
}
