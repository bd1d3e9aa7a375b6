import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";

/** What waits in the outbox. */
export const commandKinds = ["plan", "stop", "emergency", "cancel", "local", "withdraw", "test"] as const;
export type CommandKind = (typeof commandKinds)[number];

interface Pace {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
}

const pressing: Pace = { firstMs: 2 * SECOND_MS, factor: 1.5, longestMs: 30 * SECOND_MS };

/** A plan can wait, and what was taken back is used by nobody here; both go out at once anyway when their box connects. */
const paces = {
  stop: pressing,
  emergency: pressing,
  cancel: pressing,
  local: pressing,
  test: pressing,
  withdraw: { firstMs: 2 * SECOND_MS, factor: 2, longestMs: 5 * MINUTE_MS },
  plan: { firstMs: 5 * SECOND_MS, factor: 2, longestMs: 5 * MINUTE_MS },
} as const satisfies Record<CommandKind, Pace>;

/** Share of the pause that chance adds, so that a province does not answer in step. */
const jitter = 0.25;

/** Pause, in ms, after a command was sent for the `attempts`-th time (1 is the first). `chance` in [0, 1). */
export function pauseBeforeResendMs(kind: CommandKind, attempts: number, chance: number): number {
  const { firstMs, factor, longestMs } = paces[kind];
  const pauseMs = Math.min(longestMs, firstMs * factor ** Math.max(0, attempts - 1));
  return Math.round(pauseMs * (1 + jitter * chance));
}
