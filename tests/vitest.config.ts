import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./longest-first.ts";
import { SecondHearings } from "./second-hearings.ts";

const testTimeoutMs = 20_000;
/** An end-to-end test starts whole provinces. */
const endToEndTimeoutMs = 120_000;
/** Whoever polls waits for something that comes; vitest's own second is too short on a busy machine. */
const pollTimeoutMs = 10_000;
/**
 * What listens in real time is heard once more when it fails: a machine may stand still for a moment. `second-hearings.ts`
 * names it at the end. What has its time in its own hands has one hearing.
 */
const secondHearing = 1;

/** They wait for lines, streams or a whole province, in real or stretched time, with seconds to spare. */
const mostlyWait = [
  "tests/contract/relay-*.test.ts",
  "tests/contract/capture.test.ts",
  "tests/contract/virtual-card.test.ts",
  "tests/e2e/pulled-plugs.test.ts",
  "tests/e2e/an-emergency-cuts-into-a-relay.test.ts",
  "tests/e2e/a-real-mp3-is-heard-at-three-boxes.test.ts",
  "tests/e2e/an-upload-is-followed.test.ts",
  "tests/e2e/a-message-is-spoken-into-the-page.test.ts",
  "tests/e2e/the-province-starts-and-stops.test.ts",
  "tests/e2e/page.test.ts",
  "tests/e2e/console.test.ts",
  "tests/e2e/a-box-comes-in-by-certificate.test.ts",
  "tests/e2e/a-claim-code-at-the-page.test.ts",
  "tests/e2e/launch.test.ts",
  "tests/e2e/accounts-at-the-machine.test.ts",
  "tests/e2e/names-with-scripts-are-text.test.ts",
  "tests/e2e/persons-at-the-page.test.ts",
  "tests/e2e/passkeys-at-the-page.test.ts",
  "tests/e2e/the-offices-account-at-the-page.test.ts",
  "tests/e2e/a-typed-message-is-heard.test.ts",
  "tests/e2e/an-alert-goes-out-by-itself.test.ts",
  "tests/e2e/a-standing-approval-at-the-page.test.ts",
  "tests/e2e/two-passkeys-approve-an-emergency.test.ts",
  "tests/e2e/two-persons-approve.test.ts",
];

/** They listen to real sound, or time a line or a whole province: nothing else may run beside them. */
const measuredInRealTime = [
  "tests/e2e/**/*.test.ts",
  "tests/golden/**/*.test.ts",
  "tests/contract/late-replies.test.ts",
];

export default defineConfig({
  root: join(import.meta.dirname, ".."),
  test: {
    pool: "forks",
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    expect: { poll: { timeout: pollTimeoutMs } },
    reporters: ["default", new SecondHearings()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "house",
          include: ["tests/**/*.test.ts"],
          exclude: [...measuredInRealTime, ...mostlyWait],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "waits",
          include: [...mostlyWait],
          testTimeout: endToEndTimeoutMs,
          hookTimeout: endToEndTimeoutMs,
          retry: secondHearing,
          // Beside each other, and beside nothing that computes.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: [...measuredInRealTime],
          exclude: [...mostlyWait],
          testTimeout: endToEndTimeoutMs,
          hookTimeout: endToEndTimeoutMs,
          retry: secondHearing,
          // They measure time: one after the other, and only when nothing else runs any more.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
