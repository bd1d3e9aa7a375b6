import type { Capability } from "./capability.ts";
import type { FaultKind } from "./fault.ts";
import type { PointAlarm } from "./profile-parts.ts";

const CLEAR_AFTER_MS = 10_000;

/**
 * Which fault a point names where its profile has no alarm for it. Closed: what is not here raises nothing by itself,
 * because only the profile or the site can know its limit (the voltage of a battery, the heat of an amplifier).
 *
 * A device has judged its own fault bits already, so they raise at once; all clear late, so that a contact that bounces
 * or an amplifier that trips again and again is one fault and not twenty.
 */
export const defaultAlarms: Readonly<Partial<Record<Capability, PointAlarm>>> = {
  "amplifier.fault.overload": isOne("amplifier-overload", "warning"),
  "amplifier.fault.thermal": isOne("amplifier-thermal", "warning"),
  "amplifier.fault.short": isOne("amplifier-short", "critical"),
  // It shuts down to save the loudspeakers, and comes back by itself at most for a while.
  "amplifier.fault.dc": isOne("supply-fault", "critical"),
  "amplifier.fault.supply": isOne("supply-fault", "critical"),
  // The makers that have one word for all of it mean an output that was switched off, mostly over a short.
  "amplifier.fault.protection": isOne("amplifier-short", "critical"),
  "amplifier.fault.selfCheck": isOne("self-test-failed", "warning"),
  // Single peaks clip in every speech; ten seconds of it is a gain that is wrong.
  "amplifier.clip": { ...isOne("amplifier-clipping", "warning"), raiseAfterMs: 10_000 },
  // Ecler: single false alarms while music plays.
  "speakerLine.fault": { ...isOne("line-open", "critical"), raiseAfterMs: 60_000, clearAfterMs: 60_000 },
  "speakerLine.open": isOne("line-open", "critical"),
  "speakerLine.short": isOne("line-short", "critical"),
  "mains.present": { ...isOne("mains-lost", "warning"), when: { equals: 0 } },
  "battery.onBattery": isOne("mains-lost", "warning"),
  "battery.low": isOne("battery-low", "warning"),
  "battery.missing": isOne("battery-missing", "warning"),
  // Lead batteries that are drained below a fifth again and again are dead within a year.
  "battery.soc": {
    ...isOne("battery-low", "warning"),
    when: { below: 20 },
    hysteresis: 5,
    raiseAfterMs: 300_000,
    clearAfterMs: 300_000,
  },
  "psu.fault.overload": isOne("supply-fault", "critical"),
  "psu.fault.overvoltage": isOne("supply-fault", "critical"),
  "psu.fault.short": isOne("supply-fault", "critical"),
  "psu.fault.thermal": isOne("supply-fault", "critical"),
  "selfTest.failed": { ...isOne("self-test-failed", "warning"), when: { above: 0 } },
  "cabinet.door": isOne("cabinet-open", "warning"),
  "cabinet.tamper": isOne("cabinet-tampered", "warning"),
  // Above it the board throttles and an SD card ages by the week; a steel box in the sun has 60 °C by noon.
  "cabinet.temperature": {
    ...isOne("cabinet-hot", "warning"),
    when: { above: 65 },
    hysteresis: 5,
    raiseAfterMs: 300_000,
    clearAfterMs: 300_000,
  },
};

function isOne(fault: FaultKind, severity: PointAlarm["severity"]): PointAlarm {
  const when = { equals: 1 };
  return { fault, when, hysteresis: 0, raiseAfterMs: 0, clearAfterMs: CLEAR_AFTER_MS, severity };
}
