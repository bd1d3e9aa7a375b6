import type { AreaId, BulletinId, EmergencyId, RelayId, Sha256 } from "@loa/shared/kernel/ids.ts";
import * as shape from "./emergency-shapes.ts";
import { get, send } from "./http.ts";

/** Calls about emergencies. */

const root = "/api/v1/emergencies";

export interface EmergencyWish {
  readonly areas: readonly AreaId[];
  readonly severity: shape.Severity;
  readonly headline: string;
  /** Null: the notice that is built into every box. */
  readonly message: { readonly bulletin: BulletinId } | { readonly clip: Sha256 } | null;
  readonly stream?: { readonly relay: RelayId; readonly minutes: number };
  /** What is said when it was wrong; left out: nothing is prepared. Null: the built-in words. */
  readonly correction?: EmergencyWish["message"];
  /** The one whose place it takes. */
  readonly replaces?: EmergencyId;
  readonly sirenS: number;
  readonly times: number;
  readonly gapS: number;
  readonly durationMin: number;
  /** What the person has typed. */
  readonly confirm: string;
}

export const emergencies = () => get(shape.emergencies, root);
/** `none`: only the figures. */
export const emergency = (id: EmergencyId, boxes: "all" | "none") =>
  get(shape.tallied, `${root}/${id}?boxes=${boxes}`);
export const raise = (wish: EmergencyWish) => send(shape.raisedOrDraft, "POST", root, wish);
/** Cancels it and says the correction that was approved with it. */
export const correct = (id: EmergencyId) => send(shape.raised, "POST", `${root}/${id}/correct`);
export const cancel = (id: EmergencyId) => send(shape.raised, "POST", `${root}/${id}/cancel`);
