import type { CapAlert, CapReference } from "@loa/shared/cap/cap-alert.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { emergencyId, userId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { EmergencyOrder } from "@loa/shared/trust/order.ts";

/** Stands as author of what a machine's alert became; it approves nothing. */
export const ALERT_AUTHOR = userId.parse("cap");

const SIREN_MS = 8 * SECOND_MS;
const TIMES = 3;
const GAP_MS = 10 * SECOND_MS;
/** Where the alert does not say how long it holds; it never asks for longer than a day. */
const PLAIN_DURATION_MS = HOUR_MS;
const LONGEST_MS = 24 * HOUR_MS;
const APPROVE_WITHIN_MS = HOUR_MS;
const MAX_AREAS = 200;
const MAX_HEADLINE = 200;

const pressingUrgency: readonly string[] = ["Immediate", "Expected"];
const gravest: readonly string[] = ["Extreme", "Severe"];

/**
 * What an alert becomes that cannot wait for somebody to write it anew: a draft with the built-in words, for two persons
 * to approve. Of the alert's own words only the headline is shown, and none is spoken. Null: somebody looks at it first.
 */
export function orderFromAlert(
  alert: CapAlert,
  areas: readonly AreaId[],
  now: Instant,
  nameOf: (of: CapReference) => string,
): EmergencyOrder | null {
  const severity = severityOf(alert);
  const info = alert.infos.find(({ language }) => /^vi\b/i.test(language)) ?? alert.infos[0];
  if (severity === null || info === undefined || areas.length === 0 || areas.length > MAX_AREAS) return null;
  if (alert.msgType !== "Alert" && alert.msgType !== "Update") return null;
  if (!pressingUrgency.includes(info.urgency) || !gravest.includes(info.severity)) return null;
  const leftMs = info.expires === null ? PLAIN_DURATION_MS : info.expires - now;
  if (leftMs < MINUTE_MS) return null;
  const id = nameOf(alert);
  return {
    v: 1,
    kind: "emergency",
    id: emergencyId.parse(id),
    severity,
    headline: headlineOf(info),
    sirenMs: SIREN_MS,
    notice: null,
    times: TIMES,
    gapMs: GAP_MS,
    durationMs: Math.min(LONGEST_MS, leftMs),
    author: ALERT_AUTHOR,
    draftedAt: now,
    areas: [...areas],
    replaces: null,
    correction: { id: emergencyId.parse(`${id}-c`), notice: null },
    approveBy: plus(now, Math.min(APPROVE_WITHIN_MS, leftMs)),
  };
}

/** The order allows so many; half of a character at the end would make it unreadable for every box. */
function headlineOf({ headline, event }: CapAlert["infos"][number]): string {
  const said = headline?.trim() || event.trim() || "CAP";
  return said.slice(0, MAX_HEADLINE).replace(/[\uD800-\uDBFF]$/, "");
}

function severityOf({ status }: CapAlert): EmergencyOrder["severity"] | null {
  if (status === "Actual") return "actual";
  return status === "Exercise" ? "exercise" : null;
}
