import type { PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { SignedRoster } from "@loa/shared/trust/roster.ts";
import type { Setup } from "./core/setup.ts";

/** Everything one agent is told at its start; `main.ts` reads it from the box's own files. */
export interface AgentConfig extends Setup {
  /** The box's own key, for what it signs; the key's id is the box id. */
  readonly privateKey: SigningKey;
  /** Keys whose plans and commands are believed while there is no roster. */
  readonly issuers: ReadonlyMap<string, PublicKey>;
  /** What enrolment gave of them, the oldest first. */
  readonly rosters?: readonly SignedRoster[];
  /** No true time lies before the day this program was built. */
  readonly builtAt: Instant;
}
