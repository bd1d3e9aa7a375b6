import type { AreaId, BoxId, CommandId, UserId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";

/** What the API tells the rest of the controller, after its own transaction is committed. */
export interface Changes {
  /** Boxes were marked dirty in `plan_state` in the same transaction; this only wakes the publisher. */
  planInputsChanged(): void;
  /** Writes the order, its outbox rows and its audit row in one transaction, then publishes. Answers after the commit. */
  stop(area: AreaId, by: UserId): Promise<StopOrder>;
  /** The row of the box, its credential and its dirty plan state are committed: let it connect. */
  boxEnrolled(box: BoxId): Promise<void>;
  /** Deny-list, kick, forget. */
  boxRevoked(box: BoxId): Promise<void>;
}

export interface StopOrder {
  /** The command id of the envelope. */
  readonly id: CommandId;
  readonly at: Instant;
  /** How many boxes it is for. */
  readonly boxes: number;
}
