import type { CheckedOrder, Standpoint } from "@loa/shared/trust/authority.ts";
import type { ApprovedOrder } from "@loa/shared/trust/order.ts";
import type { Roster, RosterKey } from "@loa/shared/trust/roster.ts";
import { earliestNow, isConfirmed } from "./box-time.ts";
import type { Moment } from "./moment.ts";
import { ownAreas } from "./own-areas.ts";
import type { AgentState } from "./state.ts";

/** The roster in force, and from where its keys are judged. */
export interface Standing {
  readonly roster: Roster;
  readonly from: Standpoint;
}

/**
 * Null: there is no roster. Who does not know the time cannot say that a grant has not begun or is over; but one that
 * ended before the latest true time that was ever seen is over by any clock, so its recordings are worth nothing.
 */
export function standingOf({ memory, time }: AgentState, { now, mono }: Moment): Standing | null {
  if (memory.roster === null) return null;
  const { contents } = memory.roster;
  const lineage = ownAreas(memory, now);
  if (isConfirmed(time.trust)) return { roster: contents, from: { lineage, now } };
  return { roster: contents, from: { lineage, now: null, earliest: earliestNow(time, mono) } };
}

/** An order, and the keys that have signed it, by an earlier roster or by this one. */
interface SignedEarlier {
  readonly order: ApprovedOrder;
  readonly signers: readonly Pick<RosterKey, "id" | "publicKey">[];
}

/** The same order, its signers as this roster knows them: what they may do is asked of it alone. */
export function signedUnder({ keys }: Roster, { order, signers }: SignedEarlier): CheckedOrder {
  const known = keys.filter((key) =>
    signers.some(({ id, publicKey }) => id === key.id && publicKey === key.publicKey),
  );
  return { order, signers: known };
}
