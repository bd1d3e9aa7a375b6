import { randomBytes } from "node:crypto";
import type { Random } from "@loa/shared/kernel/ambient.ts";

/** Chance from the kernel, good enough for keys and session ids. */
export const nodeRandom: Random = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
