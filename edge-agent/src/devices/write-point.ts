import type { Capability, DeviceFailure } from "@loa/shared/device/capability.ts";
import { pointToleranceOf } from "@loa/shared/device/point-rules.ts";
import { isReadable, type ProfilePoint } from "@loa/shared/device/profile.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import type { Conversation } from "./conversation.ts";

export interface WriteOutcome {
  /** What the point said afterwards; null when it could not be read. */
  readonly readBack: number | null;
  readonly outcome: "verified" | "not-verified" | DeviceFailure;
}

export interface WritePorts {
  readonly conversation: Conversation;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Between two looks at a point that does not agree yet (a relay that pulls in, a motor fader). */
const LOOK_AGAIN_MS = 100;

/**
 * Sends, then reads until the point agrees or `verifyWithinMs` is over. A device that acknowledges and does not obey
 * is found only here.
 */
export async function writeAndVerify(
  { conversation, clock, timers }: WritePorts,
  point: ProfilePoint,
  value: number,
  send: (capability: Capability, value: number) => Promise<Result<void, DeviceFailure>>,
): Promise<WriteOutcome> {
  const { capability, write } = point;
  const sent = await send(capability, value);
  if (!sent.ok) return { readBack: null, outcome: sent.error };
  if (!isReadable(point)) return { readBack: null, outcome: "verified" };

  const limitAt = clock.monotonic() + (write?.verifyWithinMs ?? 0);
  for (;;) {
    const found = await conversation.readPoint(capability, "write");
    if (!found.ok) return { readBack: null, outcome: found.error };
    const readBack = found.value.quality === "good" ? found.value.value : null;
    if (readBack !== null && Math.abs(readBack - value) <= pointToleranceOf(point))
      return { readBack, outcome: "verified" };
    if (clock.monotonic() >= limitAt) return { readBack, outcome: "not-verified" };
    await new Promise<void>((resolve) => timers.after(LOOK_AGAIN_MS, resolve));
  }
}
