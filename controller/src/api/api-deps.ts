import type { Clock, Crypto, Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import type { AlertDrafts } from "../alert-drafts.ts";
import type { AlertRaising } from "../alert-raising.ts";
import type { AttemptLimits } from "../attempt-limits.ts";
import type { Authority } from "../authority/authority-port.ts";
import type { Changes } from "../changes.ts";
import type { ControllerConfig } from "../config.ts";
import type { DraftKeeper } from "../draft-keeper.ts";
import type { FleetView } from "../fleet-view.ts";
import type { LiveFeed } from "../live-feed.ts";
import type { Media } from "../media/media-port.ts";
import type { Voice } from "../media/speech/voice-port.ts";
import type { HeartFigures, Metrics } from "../metrics.ts";
import type { OpenIdProvider } from "../open-id.ts";
import type { Blobs, Passwords } from "../ports.ts";
import type { RosterKeeper } from "../roster-keeper.ts";
import type { StandingKeeper } from "../standing-keeper.ts";
import type { Database } from "../store/database.ts";
import type { Uploads } from "../uploads.ts";

/** Everything that the routes need; the API keeps no state of its own but open pages. */
export interface ApiDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly config: ControllerConfig;
  readonly blobs: Blobs;
  readonly uploads: Uploads;
  readonly media: Media;
  readonly voice: Voice;
  readonly passwords: Passwords;
  readonly limits: AttemptLimits;
  readonly openId: OpenIdProvider | null;
  readonly authority: Authority | null;
  readonly metrics: Metrics;
  readonly fleet: FleetView;
  readonly feed: LiveFeed;
  readonly changes: Changes;
  readonly alertDrafts: AlertDrafts;
  readonly alertRaising: AlertRaising;
  readonly standings: StandingKeeper;
  readonly drafts: DraftKeeper;
  readonly rosters: RosterKeeper;
  readonly figures: () => HeartFigures;
  /** Certificates and keys whose end somebody has to see to. */
  readonly expiring: () => number;
  readonly version: string;
}
