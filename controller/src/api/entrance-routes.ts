import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { createChallenges } from "./challenges.ts";
import { openIdRoutes } from "./open-id-routes.ts";
import { ownSessionRoutes } from "./own-session-routes.ts";
import { passkeyRoutes } from "./passkey-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { stepUpRoutes } from "./step-up-routes.ts";

/** Who comes in and with what: all of it shares the challenges that passkeys sign. */
export function entranceRoutes(api: Api, deps: ApiDeps): void {
  const challenges = createChallenges(deps);
  sessionRoutes(api, deps, challenges);
  openIdRoutes(api, deps);
  stepUpRoutes(api, deps, challenges);
  ownSessionRoutes(api, deps);
  passkeyRoutes(api, deps, challenges);
}
