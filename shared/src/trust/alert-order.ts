import type { CapAlert, CapInfo, CapReference } from "../cap/cap-alert.ts";
import type { Crypto } from "../kernel/ambient.ts";
import { type AreaId, type EmergencyId, emergencyId } from "../kernel/ids.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { asInstant, DAY_MS, type Instant, plus } from "../kernel/time.ts";
import { CLOCK_TOLERANCE_MS, type Refusal } from "../wire/envelope.ts";
import { type EmergencyOrder, MAX_ORDER_AREAS } from "./order.ts";
import { leastCertainty, leastSeverity, leastUrgency, type StandingApproval } from "./standing-approval.ts";

/** Why an alert is nobody's. */
export type AlertUnread = Extract<Refusal, "alert-unreadable" | "alert-unsigned">;
/** Why an alert is not announced by itself. */
export type AlertUncovered = Extract<Refusal, "alert-not-covered" | "expired" | "not-yet-valid">;

/** Most senders tell the second only (CAP 1.2, 3.3.2): it was sent within it. */
const SENT_STEP_MS = 1_000;
/** What is left of an alert must be worth a siren. */
const LEAST_LEFT_MS = 1_000;
/** An alert is announced by itself on its first day only. */
const LATEST_MS = DAY_MS;

/** The same for every message that names the alert, whoever lets it out: one alert is one emergency. */
export function alertEmergencyId(
  { sender, identifier, sentText }: CapReference,
  crypto: Pick<Crypto, "sha256Hex">,
): EmergencyId {
  return emergencyId.parse(`cap-${crypto.sha256Hex(`${sender},${identifier},${sentText}`).slice(0, 20)}`);
}

/**
 * The same order under another name: where one approval does not hold in all the areas of an alert, each further one lets
 * it out as an emergency of its own, elsewhere.
 */
export function asPart(
  order: EmergencyOrder,
  approved: Pick<StandingApproval, "id">,
  crypto: Pick<Crypto, "sha256Hex">,
): EmergencyOrder {
  const id = emergencyId.parse(`${order.id}-p${crypto.sha256Hex(approved.id).slice(0, 8)}`);
  const { correction } = order;
  return { ...order, id, correction: correction === null ? null : { ...correction, id: correctionOf(id) } };
}

/** What persons let out of an alert of which the other areas went out by themselves. */
export function restOf(alert: EmergencyId): EmergencyId {
  return emergencyId.parse(`${alert}-r`);
}

/** The alert of which this emergency is the whole, a part or the rest; null: of none. */
export function alertOf(id: EmergencyId): EmergencyId | null {
  const [, alert] = /^(cap-[0-9a-f]{20})(?:-p[0-9a-f]{8}|-r)?$/.exec(id) ?? [];
  return alert === undefined ? null : emergencyId.parse(alert);
}

function correctionOf(id: EmergencyId): EmergencyId {
  return emergencyId.parse(`${id}-c`);
}

/**
 * The order that an alert becomes when it goes out at this moment under a standing approval. Controller and box reckon it
 * each for itself from what persons and the sender have signed; whether they have is asked elsewhere.
 */
export function orderFromCovered(
  approved: StandingApproval,
  alert: CapAlert,
  at: Instant,
  crypto: Pick<Crypto, "sha256Hex">,
): Result<EmergencyOrder, AlertUncovered> {
  const infos = isOfItsKind(approved, alert) ? alert.infos.filter((info) => isMeant(approved, info)) : [];
  const areas = areasOf(approved, infos);
  if (areas.length === 0 || areas.length > MAX_ORDER_AREAS) return fail("alert-not-covered");
  if (alert.sent + SENT_STEP_MS <= approved.from) return fail("not-yet-valid");
  if (infos.some(({ effective }) => effective !== null && effective > at + CLOCK_TOLERANCE_MS))
    return fail("not-yet-valid");
  const ends = infos.map(({ expires }) => expires ?? plus(alert.sent, approved.durationMs));
  const endsAt = asInstant(Math.min(...ends));
  const durationMs = Math.min(approved.durationMs, endsAt - at);
  if (alert.sent >= approved.to || durationMs < LEAST_LEFT_MS) return fail("expired");
  const id = alertEmergencyId(alert, crypto);
  const { severity, headline, sirenMs, notice, times, gapMs, author, correction } = approved;
  return ok({
    ...{ v: 1, kind: "emergency", id, severity, headline, sirenMs, notice, times, gapMs },
    ...{ durationMs, author },
    // A STOP after the sender's own instant voids it, whenever it arrives.
    draftedAt: alert.sent,
    areas: [...areas],
    // An exercise names an actual alert only by mistake, and must not take its place.
    replaces: severity === "actual" ? replacedBy(alert, crypto) : null,
    correction: correction === null ? null : { id: correctionOf(id), notice: correction.notice },
    approveBy: asInstant(Math.min(endsAt, plus(alert.sent, LATEST_MS), approved.to)),
  });
}

/** Whether it tells of what was approved, wherever and until whenever. */
export function isOfApproved(approved: StandingApproval, alert: CapAlert): boolean {
  return isOfItsKind(approved, alert) && alert.infos.some((info) => isMeant(approved, info));
}

/** Acknowledgements, tests and what is for a few only are announced by nobody. */
function isOfItsKind({ sender, severity }: StandingApproval, alert: CapAlert): boolean {
  const isAlert = alert.msgType === "Alert" || alert.msgType === "Update";
  return isAlert && isInEarnest(alert, severity) && alert.scope === "Public" && alert.sender === sender;
}

/**
 * Whether a message speaks of what is so grave: one with which its sender tries something out says nothing of an
 * actual emergency (OASIS CAP 1.2, 3.2.1, `status`).
 */
export function isInEarnest(
  { status }: Pick<CapAlert, "status">,
  severity: StandingApproval["severity"],
): boolean {
  return status === (severity === "actual" ? "Actual" : "Exercise");
}

/** One block of the alert: another event beside it, or the end of all danger, is none of what was approved. */
function isMeant({ events, eventCodes, least }: StandingApproval, info: CapInfo): boolean {
  const isListed =
    events.some((event) => isSame(event, info.event)) ||
    info.eventCodes.some((code) =>
      eventCodes.some(
        ({ valueName, value }) => isSame(valueName, code.valueName) && isSame(value, code.value),
      ),
    );
  return (
    isListed &&
    !info.responseTypes.includes("AllClear") &&
    isAtLeast(leastUrgency.options, info.urgency, least.urgency) &&
    isAtLeast(leastSeverity.options, info.severity, least.severity) &&
    isAtLeast(leastCertainty.options, info.certainty, least.certainty)
  );
}

/** Letter by letter; but keyboards compose the marks of a letter in different ways. */
function isSame(text: string, other: string): boolean {
  return text.normalize("NFC") === other.normalize("NFC");
}

function isAtLeast(gravestFirst: readonly string[], said: string, least: string): boolean {
  const at = gravestFirst.indexOf(said);
  return at >= 0 && at <= gravestFirst.indexOf(least);
}

/** By its codes alone: polygons and circles are for people who look at a map. */
function areasOf({ places }: StandingApproval, infos: readonly CapInfo[]): readonly AreaId[] {
  const geocodes = infos.flatMap(({ areas }) => areas.flatMap((area) => area.geocodes));
  const named = places.flatMap(({ valueName, codes }) =>
    codes
      .filter(([value]) => geocodes.some((code) => code.valueName === valueName && code.value === value))
      .map(([, area]) => area),
  );
  return [...new Set(named)];
}

/** Of what an update names, the latest of the same sender: those before it were replaced by it. */
function replacedBy(
  { msgType, sender, references }: CapAlert,
  crypto: Pick<Crypto, "sha256Hex">,
): EmergencyId | null {
  if (msgType !== "Update") return null;
  const last = references
    .filter((one) => one.sender === sender)
    .reduce<CapReference | null>(
      (latest, one) =>
        latest === null || Date.parse(one.sentText) > Date.parse(latest.sentText) ? one : latest,
      null,
    );
  return last === null ? null : alertEmergencyId(last, crypto);
}
