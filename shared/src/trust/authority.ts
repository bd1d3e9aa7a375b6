import type { Crypto, PublicKey } from "../kernel/ambient.ts";
import type { AreaId } from "../kernel/ids.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { asInstant, DAY_MS, type Instant, plus } from "../kernel/time.ts";
import type { EnvelopeKind, Refusal } from "../wire/envelope.ts";
import { isApprovedBy } from "./approval.ts";
import type { KeyClass } from "./keys.ts";
import { type ApprovedOrder, readOrder, type SignedOrder } from "./order.ts";
import { isInForce, type Roster, type RosterKey } from "./roster.ts";

/** Where a key is judged from: the areas of the box, the nearest first, and its time; null while nobody knows it. */
export interface Standpoint {
  readonly lineage: readonly AreaId[];
  readonly now: Instant | null;
  /** Where nobody knows it: it is not before this. */
  readonly earliest?: Instant;
}

const classOf = {
  plan: "ordinary",
  time: "ordinary",
  received: "ordinary",
  stop: "stop",
  cancel: "stop",
  withdraw: "stop",
  emergency: "emergency",
  local: "emergency",
  test: "emergency",
} as const satisfies Partial<Record<EnvelopeKind, KeyClass>>;

/**
 * What a key brings also after its time, while the newest roster still names it: silence, and what persons have approved
 * themselves. A province that forgot to renew its roster hears no programmes, and its emergencies all the same.
 */
const outliving: ReadonlySet<EnvelopeKind> = new Set<EnvelopeKind>([
  ...(["stop", "cancel", "withdraw", "emergency", "local", "test"] as const),
  // Without it the box's evidence of them would pile up.
  "received",
]);

/** The public key with which an issuer seals envelopes; persons' passkeys seal none. */
export function sealingKeyOf(roster: Roster, issuer: string): PublicKey | null {
  const key = roster.keys.find((one) => one.id === issuer);
  return key === undefined || key.passkey !== null || key.algorithm !== "EdDSA"
    ? null
    : (key.publicKey as PublicKey);
}

/** Whether the issuer may send this kind of envelope to a box that stands there. */
export function mayIssue(roster: Roster, issuer: string, kind: EnvelopeKind, from: Standpoint): boolean {
  const key = roster.keys.find((one) => one.id === issuer);
  const wanted: KeyClass | undefined = kind in classOf ? classOf[kind as keyof typeof classOf] : undefined;
  if (key === undefined || wanted === undefined) return false;
  return isGranted(roster, outliving.has(kind) ? withoutEnds(key) : key, wanted, from);
}

const NEVER = asInstant(Number.MAX_SAFE_INTEGER);

function withoutEnds(key: RosterKey): RosterKey {
  return { ...key, grants: key.grants.map((grant) => ({ ...grant, to: NEVER })) };
}

/**
 * Persons approve for so long after the roster that names them was to be renewed, whatever their grants say. A province
 * that forgets one ceremony is not silent; and whoever keeps a newer roster from the boxes, in which a lost key no longer
 * stands, does not have that key for ever.
 */
export const APPROVERS_OUTLIVE_MS = 365 * DAY_MS;

const approving: ReadonlySet<KeyClass> = new Set<KeyClass>(["approve-actual", "approve-exercise"]);

export function isGranted(
  { province, expiresAt }: Roster,
  { grants }: RosterKey,
  wanted: KeyClass,
  { lineage, now, earliest }: Standpoint,
): boolean {
  const last = approving.has(wanted) ? plus(expiresAt, APPROVERS_OUTLIVE_MS) : NEVER;
  return grants.some(({ classes, areas, from, to }) => {
    const end = to < last ? to : last;
    const isOfTime = now === null ? earliest === undefined || end > earliest : isInForce(from, end, now);
    return classes.includes(wanted) && isOfTime && isWithinOne(areas, province, lineage);
  });
}

/** Whether a box of the province stands in one of the areas. Without a plan it stands in the province, whoever leads it. */
export function isWithinOne(
  areas: readonly AreaId[],
  province: AreaId | null,
  lineage: readonly AreaId[],
): boolean {
  return areas.some((area) => area === province || lineage.includes(area));
}

/** An order whose text is whole, and those of the roster who have really signed it. */
export interface CheckedOrder {
  readonly order: ApprovedOrder;
  readonly signers: readonly RosterKey[];
}

/** Form and signatures only; who may approve what is `refusalOfOrder`. */
export function checkOrder(
  roster: Roster,
  signed: SignedOrder,
  crypto: Crypto,
): Result<CheckedOrder, Refusal> {
  const order = readOrder(signed.payload);
  return order === null ? fail("malformed") : ok({ order, signers: signersOf(roster, signed, crypto) });
}

/** Whose keys have really signed the text. */
export function signersOf(
  roster: Roster,
  { payload, approvals }: SignedOrder,
  crypto: Crypto,
): readonly RosterKey[] {
  return roster.keys.filter((key) =>
    approvals.some((given) => given.key === key.id && isApprovedBy(given, key, payload, crypto)),
  );
}

/** What persons approve: by how grave it is, and who may not. */
export interface Approvable {
  readonly order: Pick<ApprovedOrder, "severity" | "author">;
  readonly signers: readonly RosterKey[];
}

/** Why so many persons' approvals do not make the order good here; null: they do. */
export function refusalOfOrder(
  roster: Roster,
  { order, signers }: Approvable,
  from: Standpoint,
): Refusal | null {
  const wanted: KeyClass = order.severity === "actual" ? "approve-actual" : "approve-exercise";
  const persons = new Set(
    signers
      .filter((key) => isGranted(roster, key, wanted, from))
      .flatMap(({ holder }) => (holder === null || holder.person === order.author ? [] : [holder.person])),
  );
  return persons.size >= roster.approvals[order.severity] ? null : "not-approved";
}
