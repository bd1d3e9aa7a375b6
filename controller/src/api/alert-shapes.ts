import { z } from "@hono/zod-openapi";
import { capCertainty, capMsgType, capSeverity, capStatus, capUrgency } from "@loa/shared/cap/cap-words.ts";
import { areaId, type EmergencyId, emergencyId, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import type { AlertStanding } from "../domain/alert-chain.ts";
import { approvalOver } from "../domain/standing-approvals.ts";
import type { StoredAlert } from "../store/alerts.ts";
import type { StoredEmergency } from "../store/emergencies.ts";

const text = z.string().nullable();

export const alertShape = z
  .object({
    id: z.string(),
    sender: z.string(),
    identifier: z.string(),
    sent: instant,
    receivedAt: instant,
    /** Name of the person who brought it; null: a machine of the sender did. */
    broughtBy: text,
    /** `good`: all of it was signed with the certificate that the sender has told; `unchecked`: nobody has told one. */
    signature: z.enum(["good", "unchecked", "none"]),
    status: z.enum(capStatus),
    msgType: z.enum(capMsgType),
    standing: z.enum([
      "open",
      "superseded",
      "cancelled",
      "expired",
      "dismissed",
      "no-alert",
    ] as const satisfies readonly AlertStanding[]),
    /** Of the block that is shown: the Vietnamese one where there is one. */
    language: text,
    event: text,
    headline: text,
    description: text,
    instruction: text,
    senderName: text,
    urgency: z.enum(capUrgency).nullable(),
    severity: z.enum(capSeverity).nullable(),
    certainty: z.enum(capCertainty).nullable(),
    expiresAt: instant.nullable(),
    /** The draft that it became by itself; null: none. */
    draft: emergencyId.nullable(),
    /** The emergencies that it became by itself, and under which standing approval each. */
    raised: z.array(z.object({ id: emergencyId, standingApproval: standingApprovalId })).readonly(),
    /** As the sender calls them. */
    areaDescs: z.array(z.string()).readonly(),
    /** Our areas in which it holds. */
    areas: z.array(areaId).readonly(),
    areaNames: z.array(z.string()).readonly(),
  })
  .openapi("Alert");
type ShownAlert = z.infer<typeof alertShape>;

export function shownAlert(
  { alert, ...stored }: StoredAlert,
  standing: AlertStanding,
  { draft, raised }: { readonly draft: EmergencyId | null; readonly raised: readonly StoredEmergency[] },
  names: {
    readonly areas: ReadonlyMap<string, string>;
    readonly people: ReadonlyMap<string, string>;
  },
): ShownAlert {
  const info = alert.infos.find(({ language }) => /^vi\b/i.test(language)) ?? alert.infos[0] ?? null;
  return {
    id: stored.id,
    sender: alert.sender,
    identifier: alert.identifier,
    sent: alert.sent,
    receivedAt: stored.receivedAt,
    broughtBy: names.people.get(stored.receivedBy) ?? null,
    signature: signatureOf(alert),
    status: alert.status,
    msgType: alert.msgType,
    standing,
    language: info?.language ?? null,
    event: info?.event ?? null,
    headline: info?.headline ?? null,
    description: info?.description ?? null,
    instruction: info?.instruction ?? null,
    senderName: info?.senderName ?? null,
    urgency: info?.urgency ?? null,
    severity: info?.severity ?? null,
    certainty: info?.certainty ?? null,
    expiresAt: lastExpiry(alert),
    draft,
    raised: raised.flatMap(raisedAs),
    areaDescs: [...new Set(alert.infos.flatMap(({ areas }) => areas.map(({ areaDesc }) => areaDesc)))],
    areas: stored.areas,
    areaNames: stored.areas.map((id) => names.areas.get(id) ?? id),
  };
}

function raisedAs(raised: StoredEmergency): ShownAlert["raised"] {
  const over = approvalOver(raised);
  return over === null ? [] : [{ id: raised.emergency.id, standingApproval: over.id }];
}

function signatureOf({ isSigned, isSignatureGood }: StoredAlert["alert"]): ShownAlert["signature"] {
  if (isSignatureGood) return "good";
  return isSigned ? "unchecked" : "none";
}

/** The last instant at which any of it holds; null where one block does not say. */
export function lastExpiry({ infos }: StoredAlert["alert"]): ShownAlert["expiresAt"] {
  let last: ShownAlert["expiresAt"] = null;
  for (const { expires } of infos) {
    if (expires === null) return null;
    if (last === null || expires > last) last = expires;
  }
  return last;
}
