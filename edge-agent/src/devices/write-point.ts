import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import type { ModbusRequest } from "@loa/shared/device/modbus-pdu.ts";
import { type GivenWord, readsBefore, writeRequest } from "@loa/shared/device/point-write.ts";
import { readRequest, wordsOf } from "@loa/shared/device/poll-plan.ts";
import { kindOf } from "@loa/shared/device/profile.ts";
import type { ModbusPoint, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { decodePoint, toleranceOf, widthOf } from "@loa/shared/device/registers.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { fail, type Result } from "@loa/shared/kernel/result.ts";
import type { BusMaster } from "./bus-master.ts";

export interface WriteOutcome {
  readonly readBack: number | null;
  readonly outcome: "verified" | "not-verified" | DeviceFailure;
}

export interface WritePorts {
  readonly profile: ModbusProfile;
  readonly master: BusMaster;
  readonly unit: number;
}

/** Between two looks at a register that does not agree yet (a relay that pulls in, a motor fader). */
const LOOK_AGAIN_MS = 100;

/**
 * Writes, then reads until the register agrees or `verifyWithinMs` is over. An amplifier that acknowledges and does
 * not obey is found only here.
 */
export async function writeAndVerify(
  ports: WritePorts & { readonly clock: Clock; readonly timers: Timers },
  point: ModbusPoint,
  value: number,
): Promise<WriteOutcome> {
  const { profile, master, unit, clock, timers } = ports;
  const { timing } = profile;
  const request = await requestFor(ports, point, value);
  if (!request.ok) return { readBack: null, outcome: request.error };
  const written = await master.ask({
    unit,
    timing,
    quirks: profile.quirks,
    request: request.value,
    urgency: "write",
  });
  if (!written.ok) return { readBack: null, outcome: written.error };

  if (kindOf(point) === "command") return { readBack: null, outcome: "verified" };
  const block = { space: point.space, address: point.address, count: widthOf(point.type) };
  const limitAt = clock.monotonic() + (point.write?.verifyWithinMs ?? 0);
  for (;;) {
    const answer = await master.ask({
      unit,
      timing,
      quirks: profile.quirks,
      request: readRequest(block),
      urgency: "write",
    });
    if (!answer.ok) return { readBack: null, outcome: answer.error };
    const found = decodePoint(point, wordsOf(point, block, answer.value));
    const readBack = found.quality === "good" ? found.value : null;
    if (readBack !== null && Math.abs(readBack - value) <= toleranceOf(point))
      return { readBack, outcome: "verified" };
    if (clock.monotonic() >= limitAt) return { readBack, outcome: "not-verified" };
    await new Promise<void>((resolve) => timers.after(LOOK_AGAIN_MS, resolve));
  }
}

/** A packed word is read just before it is written, so that its other bits stay as they are. */
export async function requestFor(
  { profile, master, unit }: WritePorts,
  point: ModbusPoint,
  value: number,
): Promise<Result<ModbusRequest, DeviceFailure>> {
  const given: GivenWord[] = [];
  for (const place of readsBefore(point)) {
    const request = readRequest({ ...place, count: 1 });
    const answer = await master.ask({
      unit,
      timing: profile.timing,
      quirks: profile.quirks,
      request,
      urgency: "write",
    });
    if (!answer.ok) return fail(answer.error);
    given.push({ ...place, word: answer.value[0] ?? 0 });
  }
  return writeRequest(point, value, given);
}
