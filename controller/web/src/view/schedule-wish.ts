import type { BulletinField } from "@loa/shared/broadcast/content.ts";
import type { AreaId, ProgrammeId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { ScheduleWish } from "../api/calls.ts";
import type { DryRun, StoredClip } from "../api/shapes.ts";
import { type FormMistake, type RecurrenceForm, recurrenceOf } from "./recurrence-form.ts";
import { emptyTyped, type TypedText } from "./typed-message.ts";

/** Everything of the form that is not about time. */
export interface ContentForm {
  readonly source: "clip" | "typed" | "programme";
  readonly programme: ProgrammeId | null;
  readonly clip: StoredClip | null;
  readonly typed: TypedText;
  /** The typed text as a clip. */
  readonly spoken: StoredClip | null;
  readonly title: string;
  readonly class: "normal" | "priority";
  readonly field: BulletinField;
  /** As typed. */
  readonly order: string;
  readonly areas: readonly AreaId[];
  readonly chime: boolean;
  readonly turns: boolean;
}

export const emptyContent: ContentForm = {
  source: "clip",
  programme: null,
  clip: null,
  typed: emptyTyped,
  spoken: null,
  title: "",
  class: "normal",
  field: "other",
  order: "0",
  areas: [],
  chime: false,
  turns: false,
};

export type WishState =
  | { readonly kind: "complete"; readonly wish: ScheduleWish }
  | { readonly kind: "mistake"; readonly mistake: FormMistake }
  | { readonly kind: "incomplete" };

/** What would be asked of the controller at this instant; «right away» moves on with the clock. */
export function wishOf(content: ContentForm, times: RecurrenceForm, now: Instant): WishState {
  const { title, areas, chime, turns } = content;
  const what = whatOf(content);
  if (what === null || title.trim() === "" || areas.length === 0) return { kind: "incomplete" };
  const rule = recurrenceOf(times, now);
  if (!rule.ok) return { kind: "mistake", mistake: rule.error };
  return {
    kind: "complete",
    wish: { ...what, ...orderOf(content), title: title.trim(), areas, chime, turns, recurrence: rule.value },
  };
}

/** The class of a programme is that of its bulletins; the controller knows it. */
function whatOf(content: ContentForm) {
  const { source, programme, field } = content;
  const clip = source === "typed" ? content.spoken : content.clip;
  if (source === "programme") return programme === null ? null : { programmeId: programme };
  return clip === null ? null : { clip: clip.sha256, class: content.class, field };
}

function orderOf(content: ContentForm): { readonly order?: number } {
  const order = Number(content.order);
  const isAsked = content.source === "programme" || content.class === "priority";
  return isAsked && Number.isInteger(order) && order >= 0 ? { order } : {};
}

export type Permission = "free" | "with-exception" | "no";

export function permissionOf(found: DryRun): Permission {
  if (found.ok) return "free";
  return found.needsException ? "with-exception" : "no";
}
