import { createRequire } from "node:module";
import type { Alerts } from "../ports.ts";

/**
 * Reads alerts with the libraries for XML and its signatures. They are loaded with the first one: most boxes never see
 * any, and an agent has little memory.
 */
export function createAlertReader(): Alerts {
  const load = createRequire(import.meta.url);
  return {
    read(packed, keys) {
      const reader: typeof import("@loa/shared/node/cap/read-pinned-alert.ts") = load(
        "@loa/shared/node/cap/read-pinned-alert.ts",
      );
      return reader.readPinnedAlert(packed, keys);
    },
  };
}
