import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import { isIdentity } from "@loa/shared/device/identity.ts";
import { readRequest } from "@loa/shared/device/poll-plan.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { rawFromWords, widthOf } from "@loa/shared/device/registers.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { BusMaster } from "./bus-master.ts";

/** Whether the unit is what the profile says. A register that it does not have is also a wrong identity. */
export async function identify(ports: {
  readonly profile: ModbusProfile;
  readonly master: BusMaster;
  readonly unit: number;
}): Promise<Result<void, DeviceFailure>> {
  const { profile, master, unit } = ports;
  for (const read of profile.identify) {
    const request = readRequest({ ...read, count: widthOf(read.type) });
    const answer = await master.ask({
      unit,
      timing: profile.timing,
      quirks: profile.quirks,
      request,
      urgency: "write",
    });
    if (!answer.ok) return fail(answer.error === "exception" ? "wrong-identity" : answer.error);
    if (!isIdentity(read, rawFromWords(read, answer.value))) return fail("wrong-identity");
  }
  return ok(undefined);
}
