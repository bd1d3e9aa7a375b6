import type { Emergency } from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";

/** Nobody has pressed where an alert did. */
export function sayRaised({ raisedBy, standingApproval }: Emergency, when: string): string {
  return standingApproval === null
    ? t.value.emergency.raisedBy(raisedBy.name, when)
    : t.value.standing.raisedAt(when);
}
