import { type Dialect, Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import type { Database } from "./database.ts";
import { alertFeeds } from "./migrations/alert-feeds.ts";
import { alerts } from "./migrations/alerts.ts";
import { auditChain } from "./migrations/audit-chain.ts";
import { certificates } from "./migrations/certificates.ts";
import { clipRenditions } from "./migrations/clip-renditions.ts";
import { emergencyStreams } from "./migrations/emergency-streams.ts";
import { firstTables } from "./migrations/first-tables.ts";
import { keyPurposes } from "./migrations/key-purposes.ts";
import { operators } from "./migrations/operators.ts";
import { pathTests } from "./migrations/path-tests.ts";
import { people } from "./migrations/people.ts";
import { retention } from "./migrations/retention.ts";
import { sound } from "./migrations/sound.ts";
import { spokenTexts } from "./migrations/spoken-texts.ts";
import { standingApprovals } from "./migrations/standing-approvals.ts";
import { telemetry } from "./migrations/telemetry.ts";
import { trust } from "./migrations/trust.ts";
import type { Tables } from "./schema.ts";

/** In the order of their names. A published migration is never changed; a new one is added below. */
const migrations = {
  "0001-first-tables": firstTables,
  "0002-retention": retention,
  "0003-clip-renditions": clipRenditions,
  "0004-sound": sound,
  "0005-telemetry": telemetry,
  "0006-audit-chain": auditChain,
  "0007-alerts": alerts,
  "0008-operators": operators,
  "0009-alert-feeds": alertFeeds,
  "0010-trust": trust,
  "0011-certificates": certificates,
  "0012-path-tests": pathTests,
  "0013-people": people,
  "0014-key-purposes": keyPurposes,
  "0015-standing-approvals": standingApprovals,
  "0016-spoken-texts": spokenTexts,
  "0017-emergency-streams": emergencyStreams,
};

/** Opens the database and brings its tables up to date. Throws where that fails: nothing may run on half a schema. */
export async function openDatabase(dialect: Dialect): Promise<Database> {
  const db = new Kysely<Tables>({ dialect });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/** For whoever only looks: the tables stay as they are. */
export function openAsItStands(dialect: Dialect): Database {
  return new Kysely<Tables>({ dialect });
}

/** Does nothing when the tables are up to date. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
