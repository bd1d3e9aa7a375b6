import { asMonotonic, type MonotonicMs } from "../kernel/time.ts";
import type { Capability } from "./capability.ts";
import { hexOf } from "./golden-frame.ts";
import { wrapMbap, wrapRtu } from "./modbus-frame.ts";
import { encodeRequest, type TimedOnRequest } from "./modbus-pdu.ts";
import type { AgentLoss, ModbusProfile } from "./profile-modbus.ts";

export type TimedOn = AgentLoss & { readonly kind: "timed-on" };

/**
 * The only way to switch something on that goes off by itself when we are gone. Null for an output that the profile
 * does not name.
 */
export function timedOnOrder(agentLoss: TimedOn, capability: string, onMs: number): TimedOnRequest | null {
  const output = agentLoss.outputs.find((each) => each.capability === capability);
  if (output === undefined) return null;
  const units = Math.min(agentLoss.maxUnits, Math.max(1, Math.round(onMs / agentLoss.unitMs)));
  return { kind: "timed-on", function: 5, address: output.address, units };
}

export function timedOnPdu(agentLoss: TimedOn, capability: string, onMs: number): Uint8Array | null {
  const order = timedOnOrder(agentLoss, capability, onMs);
  return order === null ? null : encodeRequest(order);
}

/** The whole frame as hex, for the profile's default unit. */
export function timedOnRequest(
  agentLoss: TimedOn,
  { kind, unit }: ModbusProfile["transport"],
  capability: string,
  onMs: number,
): string {
  const pdu = timedOnPdu(agentLoss, capability, onMs);
  if (pdu === null) return "nothing";
  return hexOf(kind === "modbus-rtu" ? wrapRtu(unit, pdu) : wrapMbap(1, unit, pdu));
}

/** Outputs that are on for a time, and when they were last told so. */
export type TimedOutputs = ReadonlyMap<Capability, MonotonicMs>;

/** The output whose half time is over first; null: none is on. */
export function nextRenewal(
  { onMs }: TimedOn,
  outputs: TimedOutputs,
): { readonly capability: Capability; readonly at: MonotonicMs } | null {
  let first: { readonly capability: Capability; readonly at: MonotonicMs } | null = null;
  for (const [capability, orderedAt] of outputs) {
    const at = asMonotonic(orderedAt + onMs / 2);
    if (first === null || at < first.at) first = { capability, at };
  }
  return first;
}

/** Without those that have gone off by themselves: nothing switches them on again but a new write. */
export function stillOn({ onMs }: TimedOn, outputs: TimedOutputs, now: MonotonicMs): TimedOutputs {
  return new Map([...outputs].filter(([, orderedAt]) => now < orderedAt + onMs));
}
