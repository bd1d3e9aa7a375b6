/** Which keys boxes believe, and what persons have signed; see `schema.ts` for how values stand in columns. */

export interface RosterTable {
  version: number;
  /** JSON of `signedRoster`. */
  signed: string;
  at: number;
  /** Null: brought by no person of this controller. */
  by_user: string | null;
}
export interface EmergencyDraftTable {
  /** Of the emergency that it becomes. */
  id: string;
  /** The order's canonical text: what is signed. */
  payload: string;
  /** The box of a local emergency. */
  box_id: string | null;
  drafted_at: number;
  approve_by: number;
  raised_at: number | null;
  withdrawn_at: number | null;
  withdrawn_by: string | null;
}
export interface EmergencyApprovalTable {
  draft_id: string;
  person: string;
  at: number;
  /** JSON of `approval`. */
  approval: string;
}
export interface StandingApprovalTable {
  id: string;
  /** Its canonical text: what is signed. */
  payload: string;
  ends_at: number;
  granted_at: number | null;
  withdrawn_at: number | null;
  withdrawn_by: string | null;
  uses: number;
  last_used_at: number | null;
}
export interface StandingSignatureTable {
  standing_approval_id: string;
  person: string;
  at: number;
  /** JSON of `approval`. */
  approval: string;
}
