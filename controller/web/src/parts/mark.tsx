import type { Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { Severity } from "@loa/shared/device/fault.ts";
import type { VNode } from "preact";
import type { DeviceState, PresenceState, SelfTestOutcome } from "../api/cabinet-shapes.ts";
import type { ReadinessState } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { Icon, type IconName } from "./web-awesome.tsx";

export type Tone = "good" | "warn" | "bad" | "quiet" | "info";

/** A state in words with its own shape and colour: any one of the three is enough. */
export function Mark({
  tone,
  icon,
  text,
}: {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly text: string;
}): VNode {
  return (
    <span class={`mark mark-${tone}`}>
      <Icon name={icon} />
      <span>{text}</span>
    </span>
  );
}

type Look = readonly [Tone, IconName];

export const presenceLook: Readonly<Record<PresenceState, Look>> = {
  online: ["good", "link"],
  suspect: ["warn", "clock"],
  offline: ["bad", "link-off"],
  unknown: ["quiet", "help"],
};

export const readinessLook: Readonly<Record<ReadinessState, Look>> = {
  ready: ["good", "check"],
  "not-ready": ["bad", "cross"],
  unknown: ["quiet", "help"],
};

export const verdictLook: Readonly<Record<Verdict, Look>> = {
  heard: ["good", "loudspeaker"],
  played: ["good", "check"],
  partial: ["warn", "alert"],
  missed: ["bad", "cross"],
  refused: ["warn", "stop"],
  unknown: ["quiet", "help"],
};

const deviceLook: Readonly<Record<DeviceState, Look>> = {
  answers: ["good", "check"],
  unusable: ["bad", "cross"],
  unknown: ["quiet", "help"],
};

const selfTestLook: Readonly<Record<SelfTestOutcome, Look>> = {
  passed: ["good", "check"],
  failed: ["bad", "cross"],
  skipped: ["quiet", "clock"],
};

const severityLook: Readonly<Record<Severity, Look>> = {
  critical: ["bad", "fault"],
  warning: ["warn", "alert"],
};

export function PresenceMark({ state }: { readonly state: PresenceState }): VNode {
  const [tone, icon] = presenceLook[state];
  return <Mark tone={tone} icon={icon} text={t.value.words.presence[state]} />;
}

export function ReadinessMark({ state }: { readonly state: ReadinessState }): VNode {
  const [tone, icon] = readinessLook[state];
  return <Mark tone={tone} icon={icon} text={t.value.words.readiness[state]} />;
}

export function VerdictMark({ verdict }: { readonly verdict: Verdict }): VNode {
  const [tone, icon] = verdictLook[verdict];
  return <Mark tone={tone} icon={icon} text={t.value.words.verdict[verdict]} />;
}

export function FaultMark({ severity, text }: { readonly severity: Severity; readonly text: string }): VNode {
  const [tone, icon] = severityLook[severity];
  return <Mark tone={tone} icon={icon} text={text} />;
}

export function DeviceMark({ state }: { readonly state: DeviceState }): VNode {
  const [tone, icon] = deviceLook[state];
  return <Mark tone={tone} icon={icon} text={t.value.cabinet.deviceState[state]} />;
}

export function SelfTestMark({ outcome }: { readonly outcome: SelfTestOutcome }): VNode {
  const [tone, icon] = selfTestLook[outcome];
  return <Mark tone={tone} icon={icon} text={t.value.cabinet.outcome[outcome]} />;
}

/** Where there is no room for the word itself it is the name of the picture. */
export function SeverityIcon({ severity }: { readonly severity: Severity }): VNode {
  const [tone, icon] = severityLook[severity];
  return (
    <span class={`tone-${tone}`}>
      <Icon name={icon} label={t.value.words.severity[severity]} />
    </span>
  );
}
