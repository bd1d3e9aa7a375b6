import { areaId, emergencyId, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { get, send } from "./http.ts";

/** Alerts that others sent (CAP 1.2), as the page reads them. */

const text = z.string().nullable();

export const alert = z.object({
  id: z.string(),
  sender: z.string(),
  senderName: text,
  broughtBy: text,
  signature: z.enum(["good", "unchecked", "none"]),
  sent: instant,
  status: z.enum(["Actual", "Exercise", "System", "Test", "Draft"]),
  msgType: z.enum(["Alert", "Update", "Cancel", "Ack", "Error"]),
  standing: z.enum(["open", "superseded", "cancelled", "expired", "dismissed", "no-alert"]),
  event: text,
  headline: text,
  description: text,
  instruction: text,
  urgency: text,
  severity: z.enum(["Extreme", "Severe", "Moderate", "Minor", "Unknown"]).nullable(),
  expiresAt: instant.nullable(),
  draft: emergencyId.nullable(),
  raised: z.array(z.object({ id: emergencyId, standingApproval: standingApprovalId })),
  areaDescs: z.array(z.string()).readonly(),
  areas: z.array(areaId).readonly(),
  areaNames: z.array(z.string()).readonly(),
});
export type Alert = z.infer<typeof alert>;

const root = "/api/v1/cap";

export const alerts = () => get(z.object({ alerts: z.array(alert).readonly() }), root);
export const dismiss = (id: string) => send(z.null(), "POST", `${root}/${encodeURIComponent(id)}/dismiss`);
