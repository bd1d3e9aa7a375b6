import { join } from "node:path";
import { defineConfig } from "vitest/config";

const testTimeoutMs = 20_000;
/** An end-to-end test starts whole provinces. */
const endToEndTimeoutMs = 120_000;

/** They wait for lines and streams in real or stretched time: beside each other, and beside nothing that computes. */
const waitForLines = [
  "tests/contract/relay-*.test.ts",
  "tests/contract/capture.test.ts",
  "tests/contract/virtual-card.test.ts",
  "tests/contract/late-replies.test.ts",
];

/** They watch a whole province or a page for minutes, with seconds to spare: two beside each other. */
const watchProvinces = [
  "tests/e2e/pulled-plugs.test.ts",
  "tests/e2e/an-emergency-cuts-into-a-relay.test.ts",
  "tests/e2e/a-real-mp3-is-heard-at-three-boxes.test.ts",
  "tests/e2e/an-upload-is-followed.test.ts",
  "tests/e2e/page.test.ts",
  "tests/e2e/console.test.ts",
];

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
          exclude: [...measuredInRealTime, ...waitForLines],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "lines",
          include: [...waitForLines],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "provinces",
          include: [...watchProvinces],
          testTimeout: endToEndTimeoutMs,
          hookTimeout: endToEndTimeoutMs,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: [...measuredInRealTime],
          exclude: [...watchProvinces],
          testTimeout: endToEndTimeoutMs,
          hookTimeout: endToEndTimeoutMs,
          // They measure time: one after the other, and only when nothing else runs any more.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
