import type { Random } from "@loa/shared/kernel/ambient.ts";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
/** 60 bits: two of the same kind never meet. */
const LENGTH = 12;

/** An id that people can read aloud, such as `cluster-7k2m9qx0dh4t`. */
export function newId(kind: string, random: Random): string {
  const letters = [...random.bytes(LENGTH)].map((byte) => alphabet[byte & 31] ?? "0");
  return `${kind}-${letters.join("")}`;
}

/** A secret of 256 random bits, in hex. */
export function newSecret(random: Random): string {
  return [...random.bytes(32)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** 80 random bits in groups that can be typed from paper. */
export function newPassword(random: Random): string {
  const letters = [...random.bytes(16)].map((byte) => alphabet[byte & 31] ?? "0").join("");
  return letters.match(/.{4}/g)?.join("-") ?? letters;
}
