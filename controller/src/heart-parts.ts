import type { ControllerConfig } from "./config.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { ControllerPorts } from "./ports.ts";
import type { Database } from "./store/database.ts";
import type { Work } from "./work.ts";

export type HeartPorts = Pick<
  ControllerPorts,
  | "clock"
  | "timers"
  | "random"
  | "log"
  | "crypto"
  | "signatures"
  | "blobs"
  | "broker"
  | "metrics"
  | "authority"
>;

/** What the heart of a controller is made with. */
export interface HeartParts {
  readonly ports: HeartPorts;
  readonly config: Pick<ControllerConfig, "issuer" | "privateKey" | "publicKey">;
  readonly db: Database;
  readonly work: Work;
  readonly feed: LiveFeed;
}
