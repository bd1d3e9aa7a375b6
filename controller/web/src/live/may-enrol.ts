import { computed } from "@preact/signals";
import { standing } from "./session.ts";

const ROLES: ReadonlySet<string> = new Set(["technician", "area-admin"]);

/** Whether this person enrols and revokes boxes somewhere. Where, the controller says. */
export const mayEnrol = computed(
  () => standing.value.kind === "in" && standing.value.session.grants.some(({ role }) => ROLES.has(role)),
);
