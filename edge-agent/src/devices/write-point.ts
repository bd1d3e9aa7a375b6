import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import { writeRequest } from "@loa/shared/device/point-write.ts";
import { readRequest, wordsOf } from "@loa/shared/device/poll-plan.ts";
import type { Profile, ProfilePoint } from "@loa/shared/device/profile.ts";
import { decodePoint, toleranceOf, widthOf } from "@loa/shared/device/registers.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { BusMaster } from "./bus-master.ts";

export interface WriteOutcome {
  readonly readBack: number | null;
  readonly outcome: "verified" | "not-verified" | DeviceFailure;
}

/** Between two looks at a register that does not agree yet (a relay that pulls in, a motor fader). */
const LOOK_AGAIN_MS = 100;

/**
 * Writes, then reads until the register agrees or `verifyWithinMs` is over. An amplifier that acknowledges and does
 * not obey is found only here.
 */
export async function writeAndVerify(
  ports: {
    readonly profile: Profile;
    readonly master: BusMaster;
    readonly unit: number;
    readonly clock: Clock;
    readonly timers: Timers;
  },
  point: ProfilePoint,
  value: number,
): Promise<WriteOutcome> {
  const { profile, master, unit, clock, timers } = ports;
  const { timing } = profile;
  const request = writeRequest(point, value);
  if (!request.ok) return { readBack: null, outcome: request.error };
  const written = await master.ask({ unit, timing, request: request.value, urgency: "write" });
  if (!written.ok) return { readBack: null, outcome: written.error };

  const block = { space: point.space, address: point.address, count: widthOf(point.type) };
  const limitAt = clock.monotonic() + (point.write?.verifyWithinMs ?? 0);
  for (;;) {
    const answer = await master.ask({ unit, timing, request: readRequest(block), urgency: "write" });
    if (!answer.ok) return { readBack: null, outcome: answer.error };
    const found = decodePoint(point, wordsOf(point, block, answer.value));
    const readBack = found.quality === "good" ? found.value : null;
    if (readBack !== null && Math.abs(readBack - value) <= toleranceOf(point))
      return { readBack, outcome: "verified" };
    if (clock.monotonic() >= limitAt) return { readBack, outcome: "not-verified" };
    await new Promise<void>((resolve) => timers.after(LOOK_AGAIN_MS, resolve));
  }
}
