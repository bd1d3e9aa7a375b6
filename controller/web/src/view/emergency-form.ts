import { durationOf } from "@loa/shared/broadcast/air-item.ts";
import { type Clip, MAX_CLIP_MS } from "@loa/shared/broadcast/content.ts";
import {
  type EmergencyStream,
  isFitForEmergency,
  itemsOf,
  MAX_EMERGENCY_MS,
} from "@loa/shared/broadcast/emergency.ts";
import type { AreaId, EmergencyId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { EmergencyWish } from "../api/emergency-calls.ts";
import type { Emergency, Severity } from "../api/emergency-shapes.ts";
import type { StoredClip } from "../api/shapes.ts";
import type { Bulletin, Relay } from "../api/sound-shapes.ts";
import { emptyTyped, MAX_TYPED_CHARS, type TypedText } from "./typed-message.ts";

/** What the form of an emergency holds: numbers as typed, so that half-typed ones survive. */
export interface EmergencyForm {
  /** Null until the person has said which of the two it is. */
  readonly severity: Severity | null;
  readonly areas: readonly AreaId[];
  /** The emergency whose place it takes; null: of none. */
  readonly replaces: EmergencyId | null;
  readonly headline: string;
  readonly message: "built-in" | "bulletin" | "typed" | "clip";
  readonly bulletin: Bulletin | null;
  readonly typed: TypedText;
  /** The typed text as a clip. */
  readonly spoken: StoredClip | null;
  readonly clip: StoredClip | null;
  /** A station that is passed on behind the message; null: none. */
  readonly stream: Relay | null;
  readonly streamMin: string;
  readonly correction: "built-in" | "bulletin" | "typed" | "none";
  readonly correctionBulletin: Bulletin | null;
  readonly correctionTyped: TypedText;
  readonly correctionSpoken: StoredClip | null;
  readonly sirenS: string;
  readonly times: string;
  readonly gapS: string;
  readonly durationMin: string;
  readonly confirm: string;
}

/** What each part of the form gets. */
export interface EmergencyFieldsProps {
  readonly form: EmergencyForm;
  readonly onChange: (part: Partial<EmergencyForm>) => void;
}

export const emptyEmergency: EmergencyForm = {
  severity: null,
  areas: [],
  replaces: null,
  headline: "",
  message: "built-in",
  bulletin: null,
  typed: emptyTyped,
  spoken: null,
  clip: null,
  stream: null,
  streamMin: "30",
  correction: "built-in",
  correctionBulletin: null,
  correctionTyped: emptyTyped,
  correctionSpoken: null,
  sirenS: "8",
  times: "2",
  gapS: "5",
  durationMin: "60",
  confirm: "",
};

/**
 * What an alert of others gives to the form: where, what and how long. Whether it is real the person says, and nothing
 * of its words is heard unless the person chooses so.
 */
export function formFromAlert(
  alert: {
    readonly headline: string | null;
    readonly event: string | null;
    readonly description: string | null;
    readonly instruction: string | null;
    readonly areas: readonly AreaId[];
    readonly expiresAt: Instant | null;
  },
  now: Instant,
): EmergencyForm {
  const longestMin = MAX_EMERGENCY_MS / MINUTE_MS;
  const leftMin = alert.expiresAt === null ? null : Math.ceil((alert.expiresAt - now) / MINUTE_MS);
  return {
    ...emptyEmergency,
    headline: (alert.headline ?? alert.event ?? "").slice(0, MAX_HEADLINE_CHARS),
    areas: alert.areas,
    typed: { ...emptyTyped, text: textOfAlert(alert) },
    durationMin:
      leftMin === null ? emptyEmergency.durationMin : `${Math.min(longestMin, Math.max(1, leftMin))}`,
  };
}

/** An update: where, what and for how long stand as they are; its words are said anew. */
export function formFromEmergency(
  {
    id,
    severity,
    headline,
    areas,
    expiresAt,
  }: Pick<Emergency, "id" | "severity" | "headline" | "areas" | "expiresAt">,
  now: Instant,
): EmergencyForm {
  const leftMin = Math.max(1, Math.ceil((expiresAt - now) / MINUTE_MS));
  return { ...emptyEmergency, replaces: id, severity, headline, areas, durationMin: `${leftMin}` };
}

/** What is there to be typed, should the person choose to have a text read. */
function textOfAlert({
  description,
  instruction,
}: {
  readonly description: string | null;
  readonly instruction: string | null;
}): string {
  const parts = [description, instruction].flatMap((one) => one?.trim() ?? []);
  return parts.join("\n").slice(0, MAX_TYPED_CHARS);
}

const MAX_HEADLINE_CHARS = 200;

/** What the controller asks to be typed; its own word in every language. */
export const confirmations: Readonly<Record<Severity, string>> = {
  actual: "KHẨN CẤP",
  exercise: "DIỄN TẬP",
};

/** The same as the controller's rule: the case of the letters is no mistake. */
export function isConfirmed(severity: Severity, typed: string): boolean {
  return typed.normalize("NFC").trim().toLocaleUpperCase("vi") === confirmations[severity];
}

export type EmergencyDraft =
  | { readonly kind: "incomplete" }
  | { readonly kind: "wrong" }
  | { readonly kind: "complete"; readonly wish: EmergencyWish };

export function wishOfEmergency(form: EmergencyForm): EmergencyDraft {
  const message = messageOf(form);
  const { severity } = form;
  if (severity === null || form.areas.length === 0 || form.headline.trim() === "" || message === undefined) {
    return { kind: "incomplete" };
  }
  const numbers = numbersOf(form);
  if (numbers === null) return { kind: "wrong" };
  if (lacksCorrection(form)) return { kind: "incomplete" };
  const { areas, confirm, replaces } = form;
  const { streamMin, ...times } = numbers;
  const correction = correctionOf(form);
  return {
    kind: "complete",
    wish: {
      severity,
      areas,
      headline: form.headline.trim(),
      message,
      confirm,
      ...times,
      ...(form.stream === null ? {} : { stream: { relay: form.stream.id, minutes: streamMin } }),
      ...(correction === undefined ? {} : { correction }),
      ...(replaces === null ? {} : { replaces }),
    },
  };
}

/** How long one turn and all of it take, ms, by the rule that the boxes follow; null where a number is wrong. */
export function lengthOfEmergency(
  form: EmergencyForm,
  clips: ReadonlyMap<Sha256, number>,
): { readonly oneMs: number; readonly allMs: number; readonly outlasts: boolean } | null {
  const numbers = numbersOf(form);
  const { severity } = form;
  if (numbers === null || severity === null) return null;
  const notice = noticeOf(form, clips);
  const lengthOf = (times: number) =>
    durationOf(
      itemsOf({
        severity,
        sirenMs: numbers.sirenS * SECOND_MS,
        notice,
        times,
        gapMs: numbers.gapS * SECOND_MS,
        ...(form.stream === null ? {} : { stream: streamOf(form.stream, numbers.streamMin) }),
      }),
    );
  const allMs = lengthOf(numbers.times);
  return { oneMs: lengthOf(1), allMs, outlasts: allMs > numbers.durationMin * MINUTE_MS };
}

function messageOf(form: EmergencyForm): EmergencyWish["message"] | undefined {
  switch (form.message) {
    case "built-in":
      return null;
    case "bulletin":
      return form.bulletin === null ? undefined : { bulletin: form.bulletin.id };
    case "typed":
      return form.spoken === null ? undefined : { clip: form.spoken.sha256 };
    case "clip":
      return form.clip === null ? undefined : { clip: form.clip.sha256 };
  }
}

function lacksCorrection({ correction, correctionBulletin, correctionSpoken }: EmergencyForm): boolean {
  if (correction === "bulletin") return correctionBulletin === null;
  return correction === "typed" && correctionSpoken === null;
}

/** Undefined: none is prepared; null: the built-in words. */
function correctionOf(form: EmergencyForm): EmergencyWish["correction"] {
  const { correction, correctionBulletin, correctionSpoken } = form;
  if (correction === "built-in") return null;
  if (correction === "bulletin" && correctionBulletin !== null) return { bulletin: correctionBulletin.id };
  return correction === "typed" && correctionSpoken !== null ? { clip: correctionSpoken.sha256 } : undefined;
}

/** Null: the built-in words. Of a clip only the length matters here. */
function noticeOf(form: EmergencyForm, clips: ReadonlyMap<Sha256, number>): Clip | null {
  const sha256 = clipOf(form);
  const durationMs = sha256 === undefined ? undefined : clips.get(sha256);
  if (sha256 === undefined || durationMs === undefined) return null;
  return { sha256, durationMs, sizeBytes: 1, gainDb: 0 };
}

function streamOf({ id, title, source }: Relay, minutes: number): EmergencyStream {
  return { source: { ...source, id, title }, durationMs: minutes * MINUTE_MS };
}

/** Whether an emergency may pass it on, by the rule that the boxes follow. */
export function isForEmergency({ id, title, source }: Relay): boolean {
  return isFitForEmergency({ ...source, id, title });
}

function clipOf(form: EmergencyForm): Sha256 | undefined {
  switch (form.message) {
    case "built-in":
      return undefined;
    case "bulletin":
      return form.bulletin?.clip;
    case "typed":
      return form.spoken?.sha256;
    case "clip":
      return form.clip?.sha256;
  }
}

function numbersOf(form: EmergencyForm) {
  const sirenS = wholeIn(form.sirenS, 0, 60);
  const times = wholeIn(form.times, 1, 100);
  const gapS = wholeIn(form.gapS, 0, 1_800);
  const durationMin = wholeIn(form.durationMin, 1, MAX_EMERGENCY_MS / MINUTE_MS);
  const streamMin = form.stream === null ? 0 : wholeIn(form.streamMin, 1, MAX_CLIP_MS / MINUTE_MS);
  if (sirenS === null || times === null || gapS === null || durationMin === null || streamMin === null)
    return null;
  return { sirenS, times, gapS, durationMin, streamMin };
}

function wholeIn(text: string, low: number, high: number): number | null {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= low && value <= high ? value : null;
}
