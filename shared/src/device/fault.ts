import { z } from "zod";
import { instant } from "../kernel/time.ts";

/** Conditions of a box that a person must know of. One closed list from the register to the page. */
export const faultKind = z.enum([
  "amplifier-unreachable",
  "amplifier-refused",
  "amplifier-wrong-identity",
  "amplifier-silent",
  "amplifier-overload",
  "amplifier-thermal",
  "amplifier-short",
  "amplifier-clipping",
  "line-open",
  "line-short",
  "line-drifting",
  "device-unreachable",
  "mains-lost",
  "cabinet-open",
  "cabinet-tampered",
  "cabinet-hot",
  "battery-low",
  "battery-missing",
  "supply-fault",
  "self-test-failed",
  "clock-untrusted",
  "clock-wrong",
  "content-missing",
  "disk-full",
  "sink-failed",
  "sound-engine-lost",
  "relay-lost",
  "dead-air",
  "stuck-sound",
  "sound-clipping",
  "plan-refused",
  "box-cloned",
  "roster-refused",
  "silenced-locally",
  "words-missing",
]);
export type FaultKind = z.infer<typeof faultKind>;

/** With one of these a box plays, and nobody hears it. */
export const silencing = [
  "amplifier-unreachable",
  "amplifier-refused",
  "amplifier-wrong-identity",
  "amplifier-silent",
  "sink-failed",
] as const satisfies readonly FaultKind[];

/** A raised fault; it is cleared by leaving the list. */
export const fault = z.object({ kind: faultKind, since: instant });
export type Fault = z.infer<typeof fault>;

export type Severity = "warning" | "critical";

/** Critical: this box will not be heard at its next session. */
export const severityOf = {
  "amplifier-unreachable": "critical",
  "amplifier-refused": "critical",
  "amplifier-wrong-identity": "critical",
  "amplifier-silent": "critical",
  "amplifier-overload": "warning",
  "amplifier-thermal": "warning",
  "amplifier-short": "critical",
  "amplifier-clipping": "warning",
  "line-open": "critical",
  "line-short": "critical",
  /** Current or impedance of the line moved away from what it was for weeks. */
  "line-drifting": "warning",
  /** Something beside the amplifier does not answer: a meter, a supply. */
  "device-unreachable": "warning",
  "mains-lost": "warning",
  "cabinet-open": "warning",
  "cabinet-tampered": "warning",
  "cabinet-hot": "warning",
  "battery-low": "warning",
  "battery-missing": "warning",
  "supply-fault": "critical",
  "self-test-failed": "warning",
  "clock-untrusted": "critical",
  "clock-wrong": "warning",
  "content-missing": "critical",
  "disk-full": "critical",
  "sink-failed": "critical",
  "sound-engine-lost": "critical",
  "relay-lost": "warning",
  "dead-air": "warning",
  "stuck-sound": "warning",
  "sound-clipping": "warning",
  "plan-refused": "critical",
  /** Seen by the control room: two machines say that they are this box. */
  "box-cloned": "warning",
  /** Somebody offers keys that the keys in force have not agreed to. */
  "roster-refused": "warning",
  /** By the key at the box: for half an hour at most. */
  "silenced-locally": "critical",
  /** Of the box's own words for emergencies one at least could not be said after the next start. */
  "words-missing": "warning",
} as const satisfies Record<FaultKind, Severity>;
