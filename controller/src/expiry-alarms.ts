import type { Clock, Log, LogFields, Timers } from "@loa/shared/kernel/ambient.ts";
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

export interface ExpiryAlarms {
  /** How many certificates (as of the last look) and keys (now) somebody has to see to. */
  count(): number;
  close(): void;
}

/** Says in the log, once at each threshold and at the end, which certificate or key is over soon. */
export function keepExpiryAlarms(parts: ExpiryAlarmParts): ExpiryAlarms {
  const { clock, timers, log, db, work, authority, rosters } = parts;
  const said = new Map<string, string>();
  let certificates = 0;
  let cancel = timers.after(0, look);

  function look(): void {
    work.run("look-for-expiry", async () => {
      for (const one of keys()) say(one);
      const served = await servedCertificates();
      for (const one of served) say(one);
      certificates = served.filter(isEnding).length;
    });
    cancel = timers.after(LOOK_EVERY_MS, look);
  }

  function say({ name, event, fields, alarmDays, state }: Ending): void {
    const word = `${state} ${alarmDays}`;
    if (alarmDays === null || said.get(name) === word) return;
    said.set(name, word);
    log.warn(event, { ...fields, state, alarmDays });
  }

  async function servedCertificates(): Promise<readonly Ending[]> {
    if (authority === null) return [];
    const now = clock.now();
    const own = authority.own().map((one) => ({ of: one.kind, ...one, renewsAt: ownRenewsAt(one) }));
    const boxes = (await certificatesInService(db)).map((one) => ({
      ...{ of: one.box, ...one, renewsAt: boxRenewsAt(one) },
    }));
    return [...own, ...boxes].map((one): Ending => {
      const { of, serial, notAfter } = one;
      const fields = { of, serial, notAfter };
      return { name: serial, event: "certificate.expiring", fields, ...expiryAt(one, now) };
    });
  }

  /** Persons have to meet for a new roster, and after the end of a standing approval alerts wait for them again. */
  function keys(): readonly Ending[] {
    const now = clock.now();
    const roster = rosters.inForce();
    const ofRoster = (roster === null ? [] : rosterExpiries(roster, now)).map((one): Ending => {
      const { what, key, holder, at, state, alarmDays } = one;
      const fields = { what, key: key ?? "", holder: holder ?? "", at };
      return { name: `roster ${key ?? "itself"} ${at}`, event: "roster.expiring", fields, state, alarmDays };
    });
    const ofStandings = parts.standings.inForce().map(({ approved }): Ending => {
      const { id, sender } = approved;
      const at = endOfApproval(approved);
      const expiry = expiryAt({ notAfter: at, renewsAt: null }, now);
      return { name: id, event: "standing-approval.expiring", fields: { id, sender, at }, ...expiry };
    });
    return [...ofRoster, ...ofStandings];
  }

  return { count: () => certificates + keys().filter(isEnding).length, close: () => cancel() };
}

/** What is told of one certificate or key, and under which name it was told. */
interface Ending extends Expiry {
  readonly name: string;
  readonly event: string;
  readonly fields: LogFields;
}

function isEnding({ alarmDays }: Ending): boolean {
  return alarmDays !== null;
}
