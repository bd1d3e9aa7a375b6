import type { Least, StandingWish } from "../api/standing-calls.ts";
import { type EmergencyForm, emptyEmergency, isConfirmed, wishOfEmergency } from "./emergency-form.ts";

/** What the form of a standing approval holds: the words and areas of an emergency, and which alerts let it out. */
export interface StandingForm {
  readonly spoken: EmergencyForm;
  readonly sender: string;
  /** One event in a line, as its sender writes it. */
  readonly events: string;
  readonly least: Least;
  readonly days: string;
}

export const emptyStanding: StandingForm = {
  spoken: { ...emptyEmergency, times: "3" },
  sender: "",
  events: "",
  least: { urgency: "Expected", severity: "Severe", certainty: "Likely" },
  days: "90",
};

const MAX_DAYS = 365;

/** Null while something is missing or wrong. */
export function wishOfStanding(form: StandingForm): StandingWish | null {
  const spoken = wishOfEmergency(form.spoken);
  const events = form.events
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const days = form.days.trim() === "" ? Number.NaN : Number(form.days);
  if (spoken.kind !== "complete" || form.sender === "" || events.length === 0) return null;
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) return null;
  if (!isConfirmed(spoken.wish.severity, spoken.wish.confirm)) return null;
  return { ...spoken.wish, sender: form.sender, events, least: form.least, validDays: days };
}
