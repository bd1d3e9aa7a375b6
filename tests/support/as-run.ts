import type { AsRun } from "@loa/shared/wire/bodies.ts";

/** What every stretch of sound tells beside its times: an item of its programme, in step, by a good clock. */
export const IN_STEP: Pick<AsRun, "isFiller" | "clock" | "clockErrorMs" | "inStep" | "receivedBytes"> = {
  isFiller: false,
  clock: "synced",
  clockErrorMs: 5,
  inStep: true,
  receivedBytes: 0,
};
