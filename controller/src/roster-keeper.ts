import type { Clock, Crypto, Log } from "@loa/shared/kernel/ambient.ts";
import type { UserId } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { toLocal } from "@loa/shared/kernel/time.ts";
import { sealingKeyOf } from "@loa/shared/trust/authority.ts";
import {
  chainOf,
  followRosters,
  nextRoster,
  type Roster,
  type RosterRefusal,
  readRoster,
  type SignedRoster,
  vouchedFor,
} from "@loa/shared/trust/roster.ts";
import { type Outgoing, rosterTopic, rosterTopicRule } from "@loa/shared/wire/topics.ts";
import type { ControllerConfig } from "./config.ts";
import { provinceOf } from "./domain/roster-proposal.ts";
import { readTree } from "./store/areas.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { insertRoster } from "./store/rosters.ts";

/** Keeps the rosters that the holders of the offline root have signed, and has every box hear of them. */
export interface RosterKeeper {
  /** Null: none was ever brought. */
  inForce(): Roster | null;
  /** What a box needs to come from any version to the newest; this controller vouches for it. */
  chain(): readonly SignedRoster[];
  /** Durable, and said to all boxes, when it answers. The first one pins its root. What is refused is on record, too. */
  take(signed: SignedRoster, by: UserId): Promise<Result<Roster, RosterProblem>>;
  /** To whoever connects from now on. */
  start(): void;
}

/** `own-key-missing`: no box would believe this controller any more. `too-large`: with those before it, for its topic. */
export type RosterProblem = RosterRefusal | "own-key-missing" | "too-large";

export interface RosterKeeperParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly db: Database;
  readonly config: Pick<ControllerConfig, "issuer" | "publicKey" | "privateKey">;
  readonly send: (message: Outgoing) => void;
  /** Another one is in force: what was approved is to be judged anew. */
  readonly changed: () => void;
}

export function createRosterKeeper(parts: RosterKeeperParts, past: readonly SignedRoster[]): RosterKeeper {
  const { clock, crypto, log, db, config } = parts;
  const all = [...past];
  let { roster: current } = followRosters(null, null, past, crypto);

  const told = (some: readonly SignedRoster[]) => chainOf(some).map((one) => vouchedFor(one, config, crypto));
  const sayable = (some: readonly SignedRoster[]) => JSON.stringify({ rosters: told(some) });

  function say(): void {
    if (all.length === 0) return;
    const { qos, retain } = rosterTopicRule;
    parts.send({ topic: rosterTopic, payload: sayable(all), qos, retain });
  }

  async function judge(signed: SignedRoster): Promise<Result<Roster, RosterProblem>> {
    const next = nextRoster(current, null, signed, crypto);
    if (!next.ok) return next;
    const province = provinceOf(await readTree(db, toLocal(clock.now()).date));
    if (next.value.province !== province) return fail("other-province");
    if (sealingKeyOf(next.value, config.issuer) !== config.publicKey) return fail("own-key-missing");
    const isTooLarge = Buffer.byteLength(sayable([...all, signed])) > rosterTopicRule.maxBytes;
    return isTooLarge ? fail("too-large") : next;
  }

  async function noteRefused(
    { payload, signatures }: SignedRoster,
    by: UserId,
    reason: RosterProblem,
  ): Promise<void> {
    const offered = readRoster(payload);
    const version = offered?.version ?? null;
    await db.transaction().execute((tx) =>
      writeAudit(tx, {
        at: clock.now(),
        userId: by,
        act: "roster.refused",
        subject: `roster:${version ?? "unread"}`,
        areaId: current?.province ?? null,
        detail: { reason, version, signers: signatures.map((one) => one.key) },
      }),
    );
  }

  return {
    inForce: () => current,
    chain: () => told(all),
    async take(signed, by) {
      const judged = await judge(signed);
      if (!judged.ok) {
        log.warn("roster.refused", { reason: judged.error, by });
        await noteRefused(signed, by, judged.error);
        return judged;
      }
      const { version } = judged.value;
      const at = clock.now();
      await db.transaction().execute(async (tx) => {
        await insertRoster(tx, version, signed, { at, by });
        await writeAudit(tx, {
          at,
          userId: by,
          act: "roster.taken",
          subject: `roster:${version}`,
          areaId: judged.value.province,
          detail: { version, signers: signed.signatures.map((one) => one.key) },
        });
      });
      all.push(signed);
      current = judged.value;
      log.info("roster.taken", { version });
      say();
      parts.changed();
      return ok(judged.value);
    },
    start: say,
  };
}
