import type { AreaKind } from "@loa/shared/broadcast/area.ts";
import type { BulletinClass, BulletinField } from "@loa/shared/broadcast/content.ts";
import type { Cause, Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { Capability, DeviceFailure } from "@loa/shared/device/capability.ts";
import type { FaultKind, Severity } from "@loa/shared/device/fault.ts";
import type { PresenceState } from "../api/cabinet-shapes.ts";
import type { ProblemCode, ReadinessState } from "../api/shapes.ts";
import type { Age } from "../view/ages.ts";
import type { Finding } from "../view/findings.ts";
import type { FormMistake } from "../view/recurrence-form.ts";

/** The words for every literal that travels on the wire: one that lacks a sentence does not compile. */
export interface Words {
  readonly presence: Readonly<Record<PresenceState, string>>;
  /** Not online, as a reason why a cluster may stay silent. */
  readonly presenceAgainst: Readonly<Record<Exclude<PresenceState, "online">, string>>;
  readonly readiness: Readonly<Record<ReadinessState, string>>;
  readonly verdict: Readonly<Record<Verdict, string>>;
  /** What the verdict means, as a sentence. */
  readonly verdictMeans: Readonly<Record<Verdict, string>>;
  /** Lower case, without a full stop: stands after a colon or in a list. */
  readonly cause: Readonly<Record<Cause, string>>;
  readonly fault: Readonly<Record<FaultKind, string>>;
  /** Why a device of the cabinet cannot be used. */
  readonly deviceFailure: Readonly<Record<DeviceFailure, string>>;
  /** Why no plan can be made for a box; what is not here is the box's own refusal. */
  readonly planProblem: Readonly<Record<string, string>>;
  readonly severity: Readonly<Record<Severity, string>>;
  readonly capability: Readonly<Record<Capability, string>>;
  readonly areaKind: Readonly<Record<AreaKind, string>>;
  readonly class: Readonly<Record<BulletinClass, string>>;
  readonly field: Readonly<Record<BulletinField, string>>;
  readonly weekday: Readonly<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, string>>;
  readonly weekdayLong: Readonly<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, string>>;
  /** Why a schedule may not be made as it stands, and what to do. */
  readonly airProblem: Readonly<Record<ProblemCode, { readonly what: string; readonly todo: string }>>;
  readonly formMistake: Readonly<Record<FormMistake, string>>;
  /** Sentences for the codes of refused requests; others get `problemUnknown`. */
  readonly problem: Readonly<Record<string, string>>;
  readonly problemUnknown: (code: string, status: number) => string;
  readonly age: (age: Age) => string;
  readonly finding: (finding: Finding) => string;
  readonly bool: (on: boolean) => string;
}
