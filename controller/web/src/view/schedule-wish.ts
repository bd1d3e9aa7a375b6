import type { BulletinField } from "@loa/shared/broadcast/content.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { ScheduleWish } from "../api/calls.ts";
import type { DryRun, StoredClip } from "../api/shapes.ts";
import { type FormMistake, type RecurrenceForm, recurrenceOf } from "./recurrence-form.ts";

/** Everything of the form that is not about time. */
export interface ContentForm {
  readonly clip: StoredClip | null;
  readonly title: string;
  readonly class: "normal" | "priority";
  readonly field: BulletinField;
  /** As typed. */
  readonly order: string;
  readonly areas: readonly AreaId[];
}

export const emptyContent: ContentForm = {
  clip: null,
  title: "",
  class: "normal",
  field: "other",
  order: "0",
  areas: [],
};

export type WishState =
  | { readonly kind: "complete"; readonly wish: ScheduleWish }
  | { readonly kind: "mistake"; readonly mistake: FormMistake }
  | { readonly kind: "incomplete" };

/** What would be asked of the controller at this instant; «right away» moves on with the clock. */
export function wishOf(content: ContentForm, times: RecurrenceForm, now: Instant): WishState {
  const { clip, title, areas } = content;
  if (clip === null || title.trim() === "" || areas.length === 0) return { kind: "incomplete" };
  const rule = recurrenceOf(times, now);
  if (!rule.ok) return { kind: "mistake", mistake: rule.error };
  const order = Number(content.order);
  return {
    kind: "complete",
    wish: {
      title: title.trim(),
      clip: clip.sha256,
      class: content.class,
      field: content.field,
      areas,
      recurrence: rule.value,
      ...(content.class === "priority" && Number.isInteger(order) && order >= 0 ? { order } : {}),
    },
  };
}

export type Permission = "free" | "with-exception" | "no";

export function permissionOf(found: DryRun): Permission {
  if (found.ok) return "free";
  return found.needsException ? "with-exception" : "no";
}
