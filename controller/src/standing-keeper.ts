import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { lineageOf } from "@loa/shared/broadcast/area.ts";
import type { Clock, Crypto, Log } from "@loa/shared/kernel/ambient.ts";
import type { StandingApprovalId, UserId } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { asInstant, type Instant } from "@loa/shared/kernel/time.ts";
import { signersOf } from "@loa/shared/trust/authority.ts";
import type { Roster } from "@loa/shared/trust/roster.ts";
import { type StandingApproval, standingApprovalText } from "@loa/shared/trust/standing-approval.ts";
import { MAX_WITHDRAWN } from "@loa/shared/wire/bodies.ts";
import type { Write } from "./bus/write-queue.ts";
import { type GivenApproval, isApprovedFor, isOwnSignature } from "./domain/drafts.ts";
import {
  type ApprovalState,
  approvalState,
  type KeptApproval,
  signedApproval,
} from "./domain/standing-approvals.ts";
import type { ApprovalProblem, Signature } from "./draft-keeper.ts";
import { noteApprovingUse } from "./passkey-copies.ts";
import type { PressingCommit } from "./pressing-commit.ts";
import { type AuditEntry, writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import {
  insertStandingApproval,
  insertStandingSignature,
  noteStandingUse,
  setGranted,
  setStandingWithdrawn,
} from "./store/standing-approvals.ts";

/** Each is asked of every alert. */
export const MAX_STANDING = 50;

/** Keeps what persons have approved in advance, in memory too: an alert waits for no database. */
export interface StandingKeeper {
  all(): readonly KeptApproval[];
  find(id: StandingApprovalId): KeptApproval | null;
  stateOf(one: KeptApproval): ApprovalState;
  /** Whether one more may be written: were all of them taken back, every box must be able to hold that. */
  hasRoom(): boolean;
  add(approved: StandingApproval): Promise<KeptApproval>;
  /** Who may approve at all was asked before. */
  approve(
    id: StandingApprovalId,
    given: Omit<Signature, "lineages">,
  ): Promise<Result<KeptApproval, ApprovalProblem>>;
  /** One person is enough, at once here and soon at every box. Null: there is nothing to take back. */
  withdraw(id: StandingApprovalId, by: UserId): Promise<KeptApproval | null>;
  /** Those under which an alert goes out now. */
  inForce(): readonly KeptApproval[];
  /** An alert went out: what is to be written with it. */
  used(id: StandingApprovalId, at: Instant): Write["store"];
  /** What boxes must hold until then: all that persons had approved and one of them took back. */
  withdrawn(): readonly { readonly id: StandingApprovalId; readonly until: Instant }[];
  /** When the last of those was taken back; null: none was. */
  lastWithdrawnAt(): Instant | null;
}

export interface StandingKeeperParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly commit: PressingCommit;
  readonly roster: () => Roster | null;
  readonly tree: () => AreaTree;
  /** What boxes must hold has changed. */
  readonly withdrawnChanged: () => void;
}

export function createStandingKeeper(
  parts: StandingKeeperParts,
  past: readonly KeptApproval[],
): StandingKeeper {
  const { clock, crypto, commit } = parts;
  const kept = new Map<StandingApprovalId, KeptApproval>(past.map((one) => [one.approved.id, one]));

  /** By the roster of this day, in every one of its areas. */
  function isApproved(one: KeptApproval): boolean {
    const roster = parts.roster();
    if (roster === null) return false;
    const checked = { order: one.approved, signers: signersOf(roster, signedApproval(one), crypto) };
    const lineages = one.approved.areas.map((area) => lineageOf(parts.tree(), area));
    return isApprovedFor(roster, checked, lineages, clock.now());
  }

  const stateOf = (one: KeptApproval) => approvalState(one, clock.now(), () => isApproved(one));

  function judge(one: KeptApproval, given: GivenApproval): Result<KeptApproval, ApprovalProblem> {
    const roster = parts.roster();
    if (roster === null) return fail("no-roster");
    if (stateOf(one) !== "open") return fail("over");
    if (one.approvals.some(({ person }) => person === given.person)) return fail("already");
    if (!isOwnSignature(given, one.payload, roster, crypto)) return fail("bad-signature");
    const after = { ...one, approvals: [...one.approvals, given] };
    return ok(isApproved(after) ? { ...after, grantedAt: given.at } : after);
  }

  async function writeApproval(tx: Database, one: KeptApproval, given: GivenApproval): Promise<void> {
    const { approved, grantedAt } = one;
    await insertStandingSignature(tx, approved.id, given);
    if (grantedAt !== null) await setGranted(tx, approved.id, grantedAt);
    await noteApprovingUse(tx, given, parts);
    await writeAudit(tx, {
      ...entryOf(approved, given.at, given.person),
      act: "standing-approval.approved",
      detail: { headline: approved.headline, sender: approved.sender, key: given.approval.key },
    });
  }

  /** What nobody has signed no box needs to hear of. */
  function takenBack(): readonly KeptApproval[] {
    const now = clock.now();
    return [...kept.values()].filter(
      ({ approved, withdrawn, approvals }) => withdrawn !== null && approvals.length > 0 && approved.to > now,
    );
  }

  /** Counts at once; what cannot be written down did not happen, unlike what others have done meanwhile. */
  async function change(
    after: KeptApproval,
    write: Write["store"],
    undone: (now: KeptApproval) => KeptApproval,
  ): Promise<void> {
    const { id } = after.approved;
    kept.set(id, after);
    try {
      await commit(write);
    } catch (error) {
      kept.set(id, undone(kept.get(id) ?? after));
      throw error;
    }
  }

  function withoutApproval(one: KeptApproval, given: GivenApproval): KeptApproval {
    const left = { ...one, approvals: one.approvals.filter((other) => other !== given) };
    return isApproved(left) ? left : { ...left, grantedAt: null };
  }

  return {
    all: () => [...kept.values()].sort((one, other) => other.approved.draftedAt - one.approved.draftedAt),
    find: (id) => kept.get(id) ?? null,
    stateOf,
    hasRoom() {
      const ended: readonly ApprovalState[] = ["withdrawn", "expired"];
      const standing = [...kept.values()].filter((one) => !ended.includes(stateOf(one))).length;
      return standing < MAX_STANDING && standing + takenBack().length < MAX_WITHDRAWN;
    },
    async add(approved) {
      const empty = { approvals: [], grantedAt: null, withdrawn: null, uses: 0, lastUsedAt: null };
      const one: KeptApproval = { approved, payload: standingApprovalText(approved), ...empty };
      const { keys, places, ...told } = approved;
      await commit(async (tx) => {
        await insertStandingApproval(tx, one);
        await writeAudit(tx, {
          ...entryOf(approved, approved.draftedAt, approved.author),
          act: "standing-approval.drafted",
          detail: { ...told, keys: keys.map(({ publicKey }) => crypto.sha256Hex(publicKey)) },
        });
      });
      kept.set(approved.id, one);
      return one;
    },
    async approve(id, { person, approval }) {
      const one = kept.get(id);
      if (one === undefined) return fail("over");
      const given = { person, at: clock.now(), approval };
      const judged = judge(one, given);
      if (!judged.ok) return judged;
      await change(
        judged.value,
        (tx) => writeApproval(tx, judged.value, given),
        (now) => withoutApproval(now, given),
      );
      return judged;
    },
    async withdraw(id, by) {
      const one = kept.get(id);
      const at = clock.now();
      if (one === undefined || one.withdrawn !== null || one.approved.to <= at) return null;
      const after = { ...one, withdrawn: { at, by } };
      const { headline, sender } = one.approved;
      const write: Write["store"] = async (tx) => {
        await setStandingWithdrawn(tx, id, { at, by });
        await writeAudit(tx, {
          ...entryOf(one.approved, at, by),
          act: "standing-approval.withdrawn",
          detail: { headline, sender },
        });
      };
      await change(after, write, (now) => ({ ...now, withdrawn: null }));
      if (one.approvals.length > 0) parts.withdrawnChanged();
      return after;
    },
    inForce: () => [...kept.values()].filter((one) => stateOf(one) === "in-force"),
    used: (id, at) => async (tx) => {
      await noteStandingUse(tx, id, at);
      const one = kept.get(id);
      if (one !== undefined) kept.set(id, { ...one, uses: one.uses + 1, lastUsedAt: at });
    },
    withdrawn: () => takenBack().map(({ approved }) => ({ id: approved.id, until: approved.to })),
    lastWithdrawnAt() {
      const all = takenBack().flatMap(({ withdrawn }) => (withdrawn === null ? [] : [withdrawn.at]));
      return all.length === 0 ? null : asInstant(Math.max(...all));
    },
  };
}

function entryOf(
  { id, areas }: StandingApproval,
  at: Instant,
  userId: UserId,
): Pick<AuditEntry, "at" | "userId" | "subject" | "areaId"> {
  return { at, userId, subject: `standing-approval:${id}`, areaId: areas[0] ?? null };
}
