import { standing } from "./session.ts";

const raisers: ReadonlySet<string> = new Set(["approver", "emergency-approver", "area-admin"]);

/** The controller decides; this spares people who may not a form that ends with a refusal. */
export function mayRaise(): boolean {
  const at = standing.value;
  return at.kind === "in" && at.session.grants.some(({ role }) => raisers.has(role));
}
