import {
  type Evidence,
  MICROPHONE_MATCH,
  SILENCE_FLOOR_DB,
  WHOLE_TOLERANCE_MS,
} from "@loa/shared/broadcast/receipt.ts";

/** What the evidence of a receipt says, one sentence each; the dictionaries hold the sentences. */
export type Finding =
  | { readonly kind: "amplifier-level"; readonly db: number }
  | { readonly kind: "amplifier-quiet"; readonly db: number }
  | { readonly kind: "amplifier-meter"; readonly percent: number }
  | { readonly kind: "line-current"; readonly amperes: number }
  /** How well what was heard near the loudspeaker follows what was played, 0 to 1. */
  | { readonly kind: "microphone-heard"; readonly match: number }
  | { readonly kind: "microphone-deaf"; readonly match: number }
  | { readonly kind: "unmeasured"; readonly ms: number }
  | { readonly kind: "amplifier-on" }
  | { readonly kind: "amplifier-off" }
  | { readonly kind: "amplifier-unread" }
  | { readonly kind: "nobody-measured" }
  | { readonly kind: "mixer-level"; readonly db: number }
  | { readonly kind: "nothing-played" }
  | { readonly kind: "played-whole"; readonly playedMs: number }
  | { readonly kind: "played-part"; readonly playedMs: number; readonly dueMs: number }
  | { readonly kind: "started"; readonly errorMs: number }
  | {
      readonly kind: "clock";
      readonly source: Evidence["clock"];
      readonly errorMs: number | null;
    };

/** Findings in the order of their weight: what proves or disproves the sound first. */
export function findingsOf(seen: Evidence): readonly Finding[] {
  return [
    ...outputFindings(seen),
    ...playFindings(seen),
    { kind: "clock", source: seen.clock, errorMs: seen.clockErrorMs },
  ];
}

function outputFindings(seen: Evidence): readonly Finding[] {
  if (seen.playedMs === 0) return [{ kind: "nothing-played" }];
  const findings: Finding[] = [];
  if (seen.microphoneMatch !== null) {
    const kind = seen.microphoneMatch >= MICROPHONE_MATCH ? "microphone-heard" : "microphone-deaf";
    findings.push({ kind, match: seen.microphoneMatch });
  }
  if (seen.amplifierDb !== null) {
    const kind = seen.amplifierDb >= SILENCE_FLOOR_DB ? "amplifier-level" : "amplifier-quiet";
    findings.push({ kind, db: seen.amplifierDb });
  }
  if (seen.amplifierMeterPercent !== null) {
    findings.push({ kind: "amplifier-meter", percent: seen.amplifierMeterPercent });
  }
  if (seen.lineCurrentA !== null) findings.push({ kind: "line-current", amperes: seen.lineCurrentA });
  if (findings.length === 0) findings.push({ kind: "nobody-measured" });
  if (seen.unmeasuredMs > 0) findings.push({ kind: "unmeasured", ms: seen.unmeasuredMs });
  findings.push({ kind: powerFinding(seen.amplifierOn) });
  if (seen.mixerDb !== null) findings.push({ kind: "mixer-level", db: seen.mixerDb });
  return findings;
}

function powerFinding(on: boolean | null): "amplifier-on" | "amplifier-off" | "amplifier-unread" {
  if (on === null) return "amplifier-unread";
  return on ? "amplifier-on" : "amplifier-off";
}

function playFindings(seen: Evidence): readonly Finding[] {
  if (seen.playedMs === 0) return [];
  const isWhole = seen.playedMs >= seen.dueMs - Math.max(WHOLE_TOLERANCE_MS, seen.dueMs * 0.02);
  const played: Finding = isWhole
    ? { kind: "played-whole", playedMs: seen.playedMs }
    : { kind: "played-part", playedMs: seen.playedMs, dueMs: seen.dueMs };
  return seen.startErrorMs === null ? [played] : [played, { kind: "started", errorMs: seen.startErrorMs }];
}
