import type { KnownUser } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";

/** Whether passwords and passkeys of ours count for this person. Said only to whoever has shown a right one. */
export function requireOwnSignIn({ config }: ApiDeps, { isBreakGlass }: KnownUser): void {
  if (config.ownSignIn === "break-glass" && !isBreakGlass) throw new HttpProblem("break-glass-only");
}
