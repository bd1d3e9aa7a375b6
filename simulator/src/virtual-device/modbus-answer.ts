import type { Capability } from "@loa/shared/device/capability.ts";
import {
  type ExceptionCode,
  encodeException,
  encodeReply,
  type ModbusRequest,
  parseRequest,
} from "@loa/shared/device/modbus-pdu.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { readRegisters, writtenSettings } from "./register-file.ts";
import type { VirtualDevice } from "./virtual-device.ts";

const ILLEGAL_VALUE: ExceptionCode = 3;

/** What the device answers to a PDU, and what the PDU does to it. */
export function answerPdu(device: VirtualDevice<ModbusProfile>, pdu: Uint8Array): Uint8Array {
  const timed = timedOn(device.profile, pdu);
  if (timed !== null) {
    if (!timed.ok) return encodeException(pdu[0] ?? 0, timed.error);
    const { capability, onMs } = timed.value;
    if (onMs > 0) device.setFor(capability, onMs);
    else device.set(capability, 0);
    return pdu;
  }
  const asked = parseRequest(pdu);
  if (!asked.ok) return encodeException(pdu[0] ?? 0, asked.error);
  const values = obey(device, asked.value);
  return values.ok
    ? encodeReply(asked.value, values.value)
    : encodeException(asked.value.function, values.error);
}

function obey(
  device: VirtualDevice<ModbusProfile>,
  request: ModbusRequest,
): Result<readonly number[], ExceptionCode> {
  const { profile } = device;
  if (request.kind === "read")
    return readRegisters(profile, device.snapshot().values, device.faults(), request);
  const changes = writtenSettings(profile, device.faults(), request);
  if (!changes.ok) return changes;
  for (const { capability, value } of changes.value) device.set(capability, value);
  return ok([]);
}

/** Function 5 with a time instead of on or off; null: it is not at one of the addresses that the profile names. */
function timedOn(
  { agentLoss }: ModbusProfile,
  pdu: Uint8Array,
): Result<{ readonly capability: Capability; readonly onMs: number }, ExceptionCode> | null {
  const [code = 0, high = 0, low = 0, unitsHigh = 0, unitsLow = 0] = pdu;
  if (agentLoss?.kind !== "timed-on" || code !== 5 || pdu.length !== 5) return null;
  const output = agentLoss.outputs.find(({ address }) => address === high * 256 + low);
  if (output === undefined) return null;
  const units = unitsHigh * 256 + unitsLow;
  if (units > agentLoss.maxUnits) return fail(ILLEGAL_VALUE);
  return ok({ capability: output.capability, onMs: units * agentLoss.unitMs });
}
