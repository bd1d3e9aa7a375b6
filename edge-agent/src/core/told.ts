import type { Capability } from "@loa/shared/device/capability.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import type { Effect } from "./effect.ts";
import type { Paced } from "./pace.ts";

/** What was last said of a point. A refresh forgets the value and keeps the pace. */
export interface ToldSample {
  /** Undefined: to be said anew. */
  readonly value: number | null | undefined;
  readonly paced: Paced;
}
export type ToldSamples = ReadonlyMap<Capability, ToldSample>;

export interface ToldFaults {
  /** Null: the list is to be said anew. */
  readonly kinds: ReadonlySet<FaultKind> | null;
  readonly paces: ReadonlyMap<FaultKind, Paced>;
  /** Something turned and is kept back by its pace. */
  readonly isWaiting: boolean;
}

/** What the last heartbeat said beside the session, and how often in a row. */
export interface ToldBeat {
  readonly revision: number;
  readonly faults: number;
  readonly onAir: 0 | 1;
  readonly times: number;
  /** The heartbeat that says nothing but that the box lives; null: none was said yet. */
  readonly idle: Effect | null;
}
