import type { ColumnType, Generated } from "kysely";
import type { BoxCloneTable, CertificateTable } from "./schema-certificates.ts";
import type { IdentityTable, PasskeyTable, SessionTable, UserTable } from "./schema-people.ts";
import type {
  AreaAudioTable,
  ClipTable,
  OriginalTable,
  RenditionTable,
  SpeechTable,
  UploadTable,
} from "./schema-sound.ts";
import type {
  AsRunTable,
  BoxSeenTable,
  DataUseTable,
  EventFloorTable,
  EventTable,
  FaultLogTable,
  ReadinessLookTable,
  ReceiptTable,
  SampleTable,
  SelfTestTable,
} from "./schema-told.ts";
import type {
  EmergencyApprovalTable,
  EmergencyDraftTable,
  RosterTable,
  StandingApprovalTable,
  StandingSignatureTable,
} from "./schema-trust.ts";

/**
 * The tables of the controller. Instants are integer milliseconds, local dates and times are text as in `shared`,
 * flags are 0 or 1, JSON is text that is parsed on reading.
 */
export interface Tables {
  area: AreaTable;
  placement: PlacementTable;
  area_rules: AreaRulesTable;
  area_settings: AreaSettingsTable;
  cluster: ClusterTable;
  box: BoxTable;
  claim: ClaimTable;
  certificate: CertificateTable;
  box_clone: BoxCloneTable;
  user: UserTable;
  grant: GrantTable;
  session: SessionTable;
  passkey: PasskeyTable;
  identity: IdentityTable;
  clip: ClipTable;
  rendition: RenditionTable;
  original: OriginalTable;
  area_audio: AreaAudioTable;
  upload: UploadTable;
  speech: SpeechTable;
  bulletin: BulletinTable;
  relay: RelayTable;
  programme: ProgrammeTable;
  schedule: ScheduleTable;
  schedule_area: ScheduleAreaTable;
  plan_state: PlanStateTable;
  outbox: OutboxTable;
  event: EventTable;
  event_floor: EventFloorTable;
  receipt: ReceiptTable;
  as_run: AsRunTable;
  fault_log: FaultLogTable;
  sample: SampleTable;
  self_test: SelfTestTable;
  readiness_look: ReadinessLookTable;
  data_use: DataUseTable;
  box_seen: BoxSeenTable;
  stop_order: StopOrderTable;
  emergency: EmergencyTable;
  emergency_area: EmergencyAreaTable;
  emergency_sound: EmergencySoundTable;
  emergency_draft: EmergencyDraftTable;
  emergency_approval: EmergencyApprovalTable;
  standing_approval: StandingApprovalTable;
  standing_approval_signature: StandingSignatureTable;
  roster: RosterTable;
  alert: AlertTable;
  alert_sender: AlertSenderTable;
  alert_feed: AlertFeedTable;
  path_test: PathTestTable;
  alert_feed_entry: AlertFeedEntryTable;
  audit: AuditTable;
  setting: SettingTable;
}

interface AreaTable {
  id: string;
  kind: string;
  name: string;
}
/** `parent_id` is null for the root; `to_date` is exclusive and null when open. */
interface PlacementTable {
  area_id: string;
  parent_id: string | null;
  from_date: string;
  to_date: string | null;
}
interface AreaRulesTable {
  area_id: string;
  /** JSON of `airRules`. */
  rules: string;
}
interface AreaSettingsTable {
  area_id: string;
  /** JSON of `areaSettings`. */
  settings: string;
}
interface ClusterTable {
  id: string;
  name: string;
  area_id: string;
  /** How many loudspeakers hang there. */
  horns: number;
  latitude: number | null;
  longitude: number | null;
  gain_db: number;
  /** JSON array of zone numbers. */
  zones: string;
  align_delay_ms: number;
  /** Its place in the row where neighbours speak in turns; 0 is the first. */
  turn: number;
  /** Who hear it, counted by somebody. */
  people: number | null;
}
interface BoxTable {
  id: string;
  cluster_id: string;
  /** Ed25519 public key, base64url. */
  public_key: string;
  /** SHA-256 hex of the box's password, which is 256 random bits, so a slow hash would add nothing. */
  password_sha256: string;
  enrolled_at: number;
  revoked_at: number | null;
  /** 1 for boxes that the simulator runs, which can be listened to. */
  simulated: number;
}
interface ClaimTable {
  code_sha256: string;
  cluster_id: string;
  created_by: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  used_by_box: string | null;
  /** 1 when the simulator made it for one of its own boxes. */
  simulated: number;
}
interface GrantTable {
  id: Generated<number>;
  user_id: string;
  role: string;
  area_id: string;
  from_date: string;
  to_date: string | null;
}
interface BulletinTable {
  id: string;
  title: string;
  class: string;
  field: string;
  clip_sha256: string;
  area_id: string;
  created_by: string;
  created_at: number;
}
interface RelayTable {
  id: string;
  title: string;
  area_id: string;
  /** JSON of `relaySource`. */
  source: string;
  created_by: string;
  created_at: number;
  /** Withdrawn relays are in no plan and in no list. */
  withdrawn_at: number | null;
}
interface ProgrammeTable {
  id: string;
  title: string;
  /** JSON of `programmeItems`, in order. */
  items: string;
  area_id: string;
  created_by: string;
  created_at: number;
}
interface ScheduleTable {
  id: string;
  title: string;
  programme_id: string;
  class: string;
  order_no: number;
  /** JSON of `recurrence`. */
  recurrence: string;
  /** 1 when a second person confirmed it for quiet hours or past a cap. */
  exception: number;
  exception_by: string | null;
  exception_at: number | null;
  created_by: string;
  created_at: number;
  /** 1 when it was made against the rules and waits for the second person: until then it is in no plan. */
  exception_asked: number;
  /** 1 when a chime goes before the first item. */
  chime: number;
  /** 1 when clusters speak one after the other. */
  turns: number;
  withdrawn_at: number | null;
  withdrawn_by: string | null;
}
interface ScheduleAreaTable {
  schedule_id: string;
  area_id: string;
}
/** Wanted and applied plan of a box. `body_sha256` says whether a new compilation changed anything. */
interface PlanStateTable {
  box_id: string;
  revision: number;
  body_sha256: string;
  /** JSON of the plan. */
  body: string;
  /** JSON of the manifest. */
  manifest_sha256: string;
  applied_revision: number;
}
/** A row stays until the box's own acknowledgement, its expiry, or a newer one in its place. */
interface OutboxTable {
  /** Id of the envelope, the same at every sending. A command for an area has one row for each box, all with this id. */
  command_id: string;
  box_id: string;
  kind: string;
  /** JSON of the envelope's body. */
  body: string;
  /** The area on whose topic it was first published; null for the box's own topic. */
  area_id: string | null;
  created_at: number;
  expires_at: number | null;
  attempts: number;
  next_at: number;
  /** pending, accepted, refused, expired, replaced */
  state: string;
  reason: string | null;
  done_at: number | null;
}
interface StopOrderTable {
  id: string;
  area_id: string;
  at: number;
  by_user: string;
}
/** `at`: when it was raised. Approvals of a second person will stand between the asking and this. */
interface EmergencyTable {
  id: string;
  severity: string;
  headline: string;
  at: number;
  expires_at: number;
  siren_ms: number;
  /** JSON of `clip`; null for the notice that is built into every box. */
  notice: string | null;
  times: number;
  gap_ms: number;
  /** Id of the envelopes that raise it. */
  command_id: string;
  raised_by: string;
  cancelled_at: number | null;
  cancelled_by: string | null;
  cancel_command_id: string | null;
  /** An emergency that this one takes the place of. */
  replaces: string | null;
  /** JSON of the emergency's `stream`; null where it passes none on. */
  stream: string | null;
  /** JSON of the emergency's `correction`. */
  correction: string | null;
  /** JSON of `signedOrder`; null where no roster was in force. */
  signed_order: string | null;
  /** When its correction was said. */
  corrected_at: number | null;
}
interface EmergencyAreaTable {
  emergency_id: string;
  area_id: string;
}
/** When a box first said that an emergency sounds there. */
interface EmergencySoundTable {
  emergency_id: string;
  box_id: string;
  at: number;
}
/** What others warn of (CAP); nothing of it goes on the air by itself. */
interface AlertTable {
  id: string;
  sender: string;
  identifier: string;
  received_at: number;
  received_by: string;
  /** JSON of `capAlert`. */
  alert: string;
  /** As it came. */
  document: string;
  /** JSON array of area ids. */
  areas: string;
  dismissed_at: number | null;
  dismissed_by: string | null;
}
interface AlertSenderTable {
  sender: string;
  token_hash: string;
  added_at: number;
  added_by: string;
  /** PEM of the certificate that signs its messages. */
  certificate: string | null;
}
/** Tests of the way that emergencies go. */
interface PathTestTable {
  id: string;
  area_id: string;
  at: number;
  by_user: string | null;
  judged_at: number | null;
}
/** Addresses at which others publish alerts, and what became of the last look. */
interface AlertFeedTable {
  url: string;
  every_s: number;
  added_at: number;
  added_by: string;
  etag: string | null;
  last_modified: string | null;
  looked_at: number | null;
  good_at: number | null;
  failures: number;
  problem: string | null;
}
/** Messages of a feed that were looked at: each once, until the feed changes it. */
interface AlertFeedEntryTable {
  feed_url: string;
  link: string;
  updated: string;
  seen_at: number;
  /** Why it was refused; null: taken. */
  problem: string | null;
}
interface AuditTable {
  /** Counts without a gap. */
  id: number;
  at: number;
  user_id: string | null;
  act: string;
  /** What it was done to: kind and id. */
  subject: string;
  /** Where; null for acts that belong to no area, such as a sign-in. */
  area_id: string | null;
  /** JSON. */
  detail: ColumnType<string, string, never>;
  /** Of this row and of all before it; see `audit-link.ts`. */
  hash: ColumnType<string | null, string, never>;
}
interface SettingTable {
  key: string;
  value: string;
}
