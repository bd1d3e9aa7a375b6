import type { ControllerConfig } from "../config.ts";
import type { RelyingParty } from "../webauthn.ts";

/** Passkeys belong to the name by which people reach the pages, and work at that origin only. */
export function relyingParty({ publicUrl }: Pick<ControllerConfig, "publicUrl">): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { rpId: hostname, origin };
}

/** Where emergencies are approved. */
export function approvalSite(config: Pick<ControllerConfig, "publicUrl">): RelyingParty {
  return relyingParty(config);
}
