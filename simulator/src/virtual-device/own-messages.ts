import type { Capability } from "@loa/shared/device/capability.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { FaultSet } from "./device-fault.ts";
import type { Settings } from "./signal-path.ts";

/** A warning device's own messages and its own quiet test. */
export interface OwnMessages {
  /** When the loudspeaker of the running message begins to move; null: none runs. */
  readonly soundsFrom: MonotonicMs | null;
  /** When the running test has all its results; null: none was ever started. */
  readonly testedAt: MonotonicMs | null;
}

const START_MS = 400;
const TEST_MS = 3_000;
const LOUDSPEAKERS = 4;

export const quiet: OwnMessages = { soundsFrom: null, testedAt: null };

/** What a write sets off. A message needs an armed device; a stop ends it. */
export function messagesAfter(
  messages: OwnMessages,
  settings: Settings,
  written: { readonly capability: Capability; readonly value: number; readonly now: MonotonicMs },
): OwnMessages {
  const { capability, value, now } = written;
  const isArmed = settings["siren.armed"] === 1;
  if (capability === "siren.message")
    return { ...messages, soundsFrom: isArmed && value > 0 ? asMonotonic(now + START_MS) : null };
  if (capability === "siren.stop" || (capability === "siren.armed" && value === 0))
    return { ...messages, soundsFrom: null };
  if (capability === "selfTest.start" && value === 1)
    return { ...messages, testedAt: asMonotonic(now + TEST_MS) };
  return messages;
}

interface ShownMessages {
  readonly isActive: boolean;
  readonly pending: number;
  readonly passed: number;
  readonly failed: number;
}

/** Of a device that has no messages of its own, or was never asked for one: the same at every look. */
const nothingShown: ShownMessages = { isActive: false, pending: 0, passed: 0, failed: 0 };

/** Results of the test, and whether a message is heard at the loudspeaker. */
export function shownMessages(messages: OwnMessages, faults: FaultSet, now: MonotonicMs): ShownMessages {
  if (messages === quiet) return nothingShown;
  const isSilent = faults.has("silent") || faults.has("line-open") || faults.has("line-short");
  const isActive = messages.soundsFrom !== null && now >= messages.soundsFrom && !isSilent;
  const isTesting = messages.testedAt !== null && now < messages.testedAt;
  const isTested = messages.testedAt !== null && !isTesting;
  const failed = isTested && isSilent ? 1 : 0;
  return {
    isActive,
    pending: isTesting ? LOUDSPEAKERS : 0,
    passed: isTested ? LOUDSPEAKERS - failed : 0,
    failed,
  };
}
