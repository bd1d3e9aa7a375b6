import type { Generated } from "kysely";

/** What boxes told of themselves and of what they played; see `schema.ts` for how values stand in columns. */

/** Numbers of events that were taken from each stream of a box, so that a repeat is known. */
export interface EventTable {
  box_id: string;
  stream: string;
  number: number;
  received_at: number;
  /** The signed envelope as it came. */
  envelope: string;
}
/** Up to this number the events of a stream were taken and, being old, removed. */
export interface EventFloorTable {
  box_id: string;
  stream: string;
  number: number;
}
export interface ReceiptTable {
  occurrence_id: string;
  box_id: string;
  /** The schedule or the emergency. */
  source_id: string;
  due_at: number;
  verdict: string;
  cause: string | null;
  /** JSON of `evidence`; null for verdicts of the controller. */
  evidence: string | null;
  at: number;
}
export interface AsRunTable {
  id: Generated<number>;
  box_id: string;
  occurrence_id: string;
  started_at: number;
  ended_at: number;
  offset_ms: number;
  rms_db: number | null;
  /** 1 when it stood in for a part that failed. */
  filler: number;
  clock: string;
  clock_error_ms: number | null;
  /** 1 when it began together with its neighbours, by a good clock. */
  in_step: number;
  /** What a relay has cost. */
  received_bytes: number;
}
export interface FaultLogTable {
  box_id: string;
  kind: string;
  since: number;
  cleared_at: number | null;
  /** As the box said; null: it said nothing of it. */
  severity: string | null;
  /** The capability that raised it, its value then, and the limit that it passed; null where no point did. */
  point: string | null;
  value: number | null;
  threshold: number | null;
}
export interface SampleTable {
  box_id: string;
  capability: string;
  at: number;
  value: number | null;
}
/** Flags are null where the cabinet cannot tell. */
export interface SelfTestTable {
  box_id: string;
  at: number;
  outcome: string;
  cause: string | null;
  switches: number | null;
  read_back: number | null;
  line: number | null;
  line_current_a: number | null;
  line_impedance_ohm: number | null;
}
/** What a box found 15 minutes (`early`) and 60 s (`late`) before an occurrence. */
export interface ReadinessLookTable {
  box_id: string;
  occurrence_id: string;
  stage: string;
  /** JSON array of causes. */
  lacks: string;
  at: number;
}
/** Bytes of one local month, as the box counts them. */
export interface DataUseTable {
  box_id: string;
  /** `2026-11`. */
  month: string;
  up_bytes: number;
  down_bytes: number;
  sound_bytes: number;
  /** Estimate of what TLS, TCP and IP put around them. */
  around_bytes: number;
  at: number;
}
/** The latest state that outlives a restart; presence itself never does. */
export interface BoxSeenTable {
  box_id: string;
  last_heard_at: number;
  /** JSON of the last `reported`. */
  reported: string | null;
}
