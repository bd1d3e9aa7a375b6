import type { AreaId, BoxId, ClusterId, CommandId, EmergencyId, UserId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { EmergencyOrder, SignedOrder } from "@loa/shared/trust/order.ts";
import type { AlertProof } from "@loa/shared/trust/standing-approval.ts";
import type { CloneSign } from "./domain/cloning.ts";
import type { StoredEmergency } from "./store/emergencies.ts";
import type { PathTest } from "./store/path-tests.ts";
import { ALERT_AUTHOR } from "./upstream/cap/cap-order.ts";

/** What the API tells the rest of the controller, after its own transaction is committed. */
export interface Changes {
  /** Something that plans are made of was committed: they are compiled anew. */
  planInputsChanged(): void;
  /** Writes the order, its outbox rows and its audit row in one transaction, then publishes. Answers after the commit. */
  stop(area: AreaId, by: UserId): Promise<StopOrder>;
  /** Writes the emergency and its audit row, and says it to all boxes of its areas at once. */
  raise(order: OrderToRaise): Promise<StoredEmergency>;
  /** Of the last days, also one that found no room in the books yet. */
  emergency(id: EmergencyId): StoredEmergency | null;
  /** Areas in which a STOP has made it void: of the last days, also where it found no room in the books. */
  stoppedIn(id: EmergencyId): readonly AreaId[];
  /**
   * Null when it is over, or was cancelled before. `by`: null: who sent the alert. `how`: whether its prepared correction
   * is said now.
   */
  cancelEmergency(id: EmergencyId, by: UserId | null, how: CancelKind): Promise<StoredEmergency | null>;
  /** Sends a test down the way of emergencies to all boxes of the area: no sound. */
  testPath(area: AreaId, by: UserId): Promise<PathTest>;
  /** The row of the box and its credential are committed: let it connect. */
  boxEnrolled(box: BoxId): Promise<void>;
  /** The settings of a cluster are committed: its boxes get another plan. */
  clusterChanged(cluster: ClusterId): Promise<void>;
  /** Deny-list, kick, list of revoked certificates, forget. */
  boxRevoked(box: BoxId): Promise<void>;
  /** Two machines seem to carry the card of this box. */
  boxCloned(box: BoxId, sign: CloneSign): Promise<void>;
  /** Somebody has looked, and there is one only; the row is gone already. */
  cloneCleared(box: BoxId): void;
}

export interface StopOrder {
  /** The command id of the envelope. */
  readonly id: CommandId;
  readonly at: Instant;
  /** How many boxes it is for. */
  readonly boxes: number;
}

export type CancelKind = "cancelled" | "corrected";

/** An emergency that goes out now: everybody who must has approved it. */
export interface OrderToRaise {
  readonly order: EmergencyOrder;
  /** What boxes check; null where no roster is in force. */
  readonly signed: SignedOrder | AlertProof | null;
  /** Whose press let it go out; null: an alert did, under a standing approval. */
  readonly by: UserId | null;
  /** The moment for which the order was reckoned; left out: now. */
  readonly at?: Instant;
}

/** Who stands for it in the books: its author, a person; of what an alert became by itself whose press let it out. */
export function raiserOf({ order: { author }, by }: Pick<OrderToRaise, "order" | "by">): UserId {
  return author === ALERT_AUTHOR && by !== null ? by : author;
}
