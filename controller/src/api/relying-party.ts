import type { ControllerConfig } from "../config.ts";
import type { RelyingParty } from "../webauthn.ts";

/** Passkeys belong to the name by which people reach the pages, and work at that origin only. */
export function relyingParty({ publicUrl }: Pick<ControllerConfig, "publicUrl">): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { rpId: hostname, origin };
}

/** Where emergencies are approved, with keys that work nowhere else. */
export function approvalSite({ approvalUrl }: Pick<ControllerConfig, "approvalUrl">): RelyingParty {
  return relyingParty({ publicUrl: approvalUrl });
}

/** Null where it is the site of the pages, too. */
export function approvalHostApart(
  config: Pick<ControllerConfig, "publicUrl" | "approvalUrl">,
): string | null {
  const { origin } = approvalSite(config);
  return origin === relyingParty(config).origin ? null : new URL(origin).host;
}
