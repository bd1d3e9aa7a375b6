import { join } from "node:path";
import { defineConfig } from "vitest/config";

const testTimeoutMs = 20_000;
/** An end-to-end test starts whole provinces. */
const endToEndTimeoutMs = 120_000;

/** They listen to real sound or time a whole province: nothing else may run beside them. */
const measuredInRealTime = ["tests/e2e/**/*.test.ts", "tests/golden/**/*.test.ts"];

export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    pool: "forks",
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    projects: [
      {
        extends: true,
        test: {
          name: "house",
          include: ["tests/**/*.test.ts"],
          exclude: [...measuredInRealTime],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: [...measuredInRealTime],
          testTimeout: endToEndTimeoutMs,
          hookTimeout: endToEndTimeoutMs,
          // They measure time: one after the other, and only when nothing else runs any more.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
