import type { PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Setup } from "./core/state.ts";

/** Everything one agent is told at its start; `main.ts` reads it from the box's own files. */
export interface AgentConfig extends Setup {
  /** The box's own key, for what it signs; the key's id is the box id. */
  readonly privateKey: SigningKey;
  /** Keys whose plans and commands are believed. */
  readonly issuers: ReadonlyMap<string, PublicKey>;
  /** No true time lies before the day this program was built. */
  readonly builtAt: Instant;
}
