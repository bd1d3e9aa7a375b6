import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { HOUR_MS } from "@loa/shared/kernel/time.ts";
import type { Authority } from "./authority/authority-port.ts";
import { boxRenewsAt, type Expiry, expiryAt, ownRenewsAt } from "./domain/expiry.ts";
import { rosterExpiries } from "./domain/roster-proposal.ts";
import { endOfApproval } from "./domain/standing-approvals.ts";
import type { RosterKeeper } from "./roster-keeper.ts";
import type { StandingKeeper } from "./standing-keeper.ts";
import { certificatesInService } from "./store/certificates.ts";
import type { Database } from "./store/database.ts";
import type { Work } from "./work.ts";

/** Thresholds are days apart. */
const LOOK_EVERY_MS = 6 * HOUR_MS;

export interface ExpiryAlarmParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly db: Database;
  readonly work: Work;
  readonly authority: Authority | null;
  readonly rosters: Pick<RosterKeeper, "inForce">;
  readonly standings: Pick<StandingKeeper, "inForce">;
}

/** Says in the log, once at each threshold and at the end, which certificate or key is over soon; answers how to end it. */
export function keepExpiryAlarms(parts: ExpiryAlarmParts): () => void {
  const { clock, timers, log, db, work, authority, rosters } = parts;
  const said = new Map<string, string>();
  let cancel = timers.after(0, look);

  function look(): void {
    work.run("look-for-expiry", async () => {
      sayRoster();
      sayStandings();
      if (authority === null) return;
      for (const one of authority.own())
        say(one.serial, { of: one.kind, ...one, renewsAt: ownRenewsAt(one) });
      for (const one of await certificatesInService(db))
        say(one.serial, { of: one.box, ...one, renewsAt: boxRenewsAt(one) });
    });
    cancel = timers.after(LOOK_EVERY_MS, look);
  }

  function isNews(name: string, { state, alarmDays }: Expiry): boolean {
    const word = `${state} ${alarmDays}`;
    if (alarmDays === null || said.get(name) === word) return false;
    said.set(name, word);
    return true;
  }

  function say(serial: string, one: Parameters<typeof expiryAt>[0] & { readonly of: string }): void {
    const { state, alarmDays } = expiryAt(one, clock.now());
    if (!isNews(serial, { state, alarmDays })) return;
    log.warn("certificate.expiring", { of: one.of, serial, state, alarmDays, notAfter: one.notAfter });
  }

  /** Persons have to meet for a new one: they hear of it in time. */
  function sayRoster(): void {
    const roster = rosters.inForce();
    if (roster === null) return;
    for (const { what, key, holder, at, alarmDays, state } of rosterExpiries(roster, clock.now())) {
      const name = `roster ${key ?? "itself"} ${at}`;
      if (!isNews(name, { state, alarmDays })) continue;
      log.warn("roster.expiring", { what, key: key ?? "", holder: holder ?? "", state, alarmDays, at });
    }
  }

  /** After its end alerts wait for persons again. */
  function sayStandings(): void {
    for (const { approved } of parts.standings.inForce()) {
      const { id, sender } = approved;
      const at = endOfApproval(approved);
      const { alarmDays, state } = expiryAt({ notAfter: at, renewsAt: null }, clock.now());
      if (!isNews(id, { state, alarmDays })) continue;
      log.warn("standing-approval.expiring", { id, sender, state, alarmDays, at });
    }
  }

  return () => cancel();
}
