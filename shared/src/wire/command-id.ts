import type { Random } from "../kernel/ambient.ts";
import type { CommandId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/time.ts";

/** UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then chance. */
export function newCommandId(at: Instant, random: Random): CommandId {
  const bytes = random.bytes(10);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const time = Math.max(0, at).toString(16).padStart(12, "0").slice(-12);
  const variant = "89ab"[(bytes[2] ?? 0) & 3] ?? "8";
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(5, 8)}-${hex.slice(8, 20)}` as CommandId;
}
