import { capabilityWordsEn } from "@loa/shared/device/capability-words-en.ts";
import { durationText } from "../view/ages.ts";
import type { Finding } from "../view/findings.ts";
import { problemsEn } from "./problems-en.ts";
import type { Words } from "./words.ts";

export const wordsEn: Words = {
  presence: { online: "Online", suspect: "Suspect", offline: "Offline", unknown: "Unknown" },
  presenceAgainst: { suspect: "may be offline", offline: "offline", unknown: "not heard from yet" },
  readiness: { ready: "Ready", "not-ready": "Not ready", unknown: "Unknown" },
  verdict: {
    heard: "Heard",
    played: "Played",
    partial: "Partial",
    missed: "Missed",
    refused: "Refused",
    unknown: "Unknown",
  },
  verdictMeans: {
    heard: "Heard: sound was measured at the amplifier's output.",
    played: "Played: the amplifier was on and had a signal, but nothing measures its output.",
    partial: "Only a part was played.",
    missed: "It was not played.",
    refused: "The box refused to play it, by the rules.",
    unknown: "There is no report from the box.",
  },
  cause: {
    "content-missing": "the box does not hold the audio yet",
    "content-bad": "the audio on the box is damaged",
    "decoder-failed": "the audio could not be decoded",
    "sink-failed": "the box's sound output failed",
    "silent-source": "the audio has no sound in it",
    "relay-failed": "the relayed station was lost",
    "clock-untrusted": "the box's clock is not trusted",
    "quiet-hours": "it falls into quiet hours",
    "safety-limit": "it is beyond what the box allows to anybody",
    "silenced-locally": "the box was silenced by its key",
    "pre-empted": "something of higher rank took the loudspeaker",
    stopped: "it was stopped",
    cancelled: "it was cancelled",
    withdrawn: "the schedule was withdrawn",
    "power-cut": "the box lost power",
    "too-late": "it was too late to start",
    "disk-full": "the box's storage is full",
    "amplifier-unreachable": "the amplifier does not answer",
    "amplifier-refused": "the amplifier refused the command",
    "amplifier-wrong-identity": "the amplifier is not of the declared kind",
    "amplifier-silent": "the amplifier is on but gives no sound",
    "amplifier-thermal": "amplifier shut down: too hot",
    "amplifier-overload": "amplifier shut down: overloaded",
    "line-open": "loudspeaker line is open",
    "line-short": "loudspeaker line is shorted",
    "mains-lost": "no mains power",
    "battery-low": "battery is low",
    "self-test-failed": "self-test failed",
    "self-test-stale": "no self-test for too long",
    offline: "the box is offline",
    "no-report": "the box sent no report",
  },
  fault: {
    "amplifier-unreachable": "Amplifier does not answer",
    "amplifier-refused": "Amplifier refused the command",
    "amplifier-wrong-identity": "Amplifier is not of the declared kind",
    "amplifier-silent": "Amplifier is on but gives no sound",
    "amplifier-overload": "Amplifier overloaded",
    "amplifier-thermal": "Amplifier too hot",
    "amplifier-short": "Loudspeaker line shorted",
    "amplifier-clipping": "Amplifier clips",
    "line-short": "Loudspeaker line shorted",
    "line-drifting": "Loudspeaker line is drifting",
    "device-unreachable": "A device in the cabinet does not answer",
    "line-open": "Loudspeaker line broken",
    "mains-lost": "Mains power lost",
    "cabinet-open": "Cabinet is open",
    "cabinet-tampered": "Cabinet was tampered with",
    "cabinet-hot": "Cabinet too hot",
    "battery-low": "Battery is low",
    "battery-missing": "No backup battery",
    "supply-fault": "Power supply fault",
    "self-test-failed": "Self-test failed",
    "clock-untrusted": "The box's clock is not trusted",
    "clock-wrong": "The box's clock is wrong",
    "content-missing": "Audio for the schedule is missing",
    "disk-full": "The box's storage is full",
    "sink-failed": "The box's sound output failed",
    "sound-engine-lost": "The box's sound engine stopped working",
    "relay-lost": "The relayed station is lost",
    "dead-air": "On air, but without sound",
    "stuck-sound": "The sound repeats or is stuck",
    "sound-clipping": "The sound is clipped",
    "plan-refused": "The box refused its new plan",
    "box-cloned": "Two machines use the identity of this box",
    "roster-refused": "The box was offered keys that it does not believe",
    "silenced-locally": "Silenced by the key at the box",
    "words-missing": "Its built-in words for emergencies are missing or damaged",
  },
  deviceFailure: {
    timeout: "does not answer",
    "bad-crc": "answers with a wrong checksum (noise on the wire)",
    exception: "answers with an error",
    "wrong-reply": "answers something else than it was asked",
    closed: "the connection is gone (unplugged or switched off)",
    "wrong-identity": "is not the declared kind of device",
    "not-supported": "this software cannot drive it yet",
  },
  planProblem: {
    "plan-too-large": "Too much is scheduled for this area to send the new plan; withdraw something",
    "too-many-schedules": "Too much is scheduled for this area to send the new plan; withdraw something",
    "too-many-clips": "The schedules need too many clips to send the new plan; withdraw something",
    "too-many-relays": "The schedules relay too many stations to send the new plan; withdraw something",
    "no-area": "The cluster's area is no longer in force, so there is no new plan",
  },
  severity: { warning: "Warning", critical: "Critical" },
  capability: capabilityWordsEn,
  areaKind: { province: "Province", district: "District", commune: "Commune", village: "Village" },
  class: { normal: "Normal", priority: "Priority", emergency: "Emergency" },
  field: {
    "policy-and-law": "Policy and law",
    "local-programmes": "Local projects and programmes",
    "economy-culture-society": "Economy, culture, society, science",
    "security-and-defence": "Security and defence",
    "disaster-and-emergency": "Disaster, fire, emergency, epidemic",
    "good-models": "Good models",
    "crime-prevention": "Crime prevention",
    "goods-and-services": "Goods and services for local production",
    other: "Other",
  },
  weekday: { 1: "Mon", 2: "Tue", 3: "Wed", 4: "Thu", 5: "Fri", 6: "Sat", 7: "Sun" },
  weekdayLong: {
    1: "Monday",
    2: "Tuesday",
    3: "Wednesday",
    4: "Thursday",
    5: "Friday",
    6: "Saturday",
    7: "Sunday",
  },
  ...problemsEn,
  age: ({ count, unit }) => `${count} ${{ second: "s", minute: "min", hour: "h", day: "d" }[unit]}`,
  finding: findingEn,
  bool: (on) => (on ? "yes" : "no"),
};

function findingEn(finding: Finding): string {
  switch (finding.kind) {
    case "amplifier-level":
      return `The amplifier's output measured ${decibels(finding.db)} dBFS.`;
    case "amplifier-quiet":
      return `The amplifier's output measured only ${decibels(finding.db)} dBFS, which is silence.`;
    case "amplifier-meter":
      return `The amplifier's meter shows ${Math.round(finding.percent)} %.`;
    case "microphone-heard":
      return `A microphone near the loudspeaker hears what is played (match ${Math.round(finding.match * 100)} %).`;
    case "microphone-deaf":
      return `A microphone near the loudspeaker does not hear what is played (match ${Math.round(finding.match * 100)} %).`;
    case "unmeasured":
      return `For ${durationText(finding.ms)} nothing measured the output.`;
    case "line-current":
      return `The loudspeaker line drew ${finding.amperes.toFixed(2)} A.`;
    case "amplifier-on":
      return "The amplifier's power read back as on.";
    case "amplifier-off":
      return "The amplifier's power read back as off.";
    case "amplifier-unread":
      return "The amplifier's state could not be read.";
    case "nobody-measured":
      return "Nothing measures the sound at the output.";
    case "mixer-level":
      return `The signal into the amplifier reached ${decibels(finding.db)} dBFS.`;
    case "nothing-played":
      return "Nothing was played.";
    case "played-whole":
      return `All ${durationText(finding.playedMs)} were played.`;
    case "played-part":
      return `${durationText(finding.playedMs)} of ${durationText(finding.dueMs)} were played.`;
    case "started":
      return `Started ${offsetEn(finding.errorMs)}.`;
    case "clock":
      return `Clock of the box: ${clockEn[finding.source]}${
        finding.errorMs === null ? "" : `, error about ${Math.round(finding.errorMs)} ms`
      }.`;
  }
}

const clockEn = {
  synced: "synchronised over the network",
  controller: "set by the control centre",
  holdover: "kept by itself without network",
  rtc: "from its built-in clock",
  untrusted: "not trusted",
} as const;

function offsetEn(errorMs: number): string {
  if (Math.abs(errorMs) < 1_000) return `on time (${Math.abs(Math.round(errorMs))} ms off)`;
  const seconds = (Math.abs(errorMs) / 1_000).toFixed(1);
  return errorMs > 0 ? `${seconds} s late` : `${seconds} s early`;
}

/** With a true minus sign. */
function decibels(db: number): string {
  return db.toFixed(1).replace("-", "−");
}
