import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import type { LocalDate } from "@loa/shared/kernel/time.ts";
import type { Expression } from "kysely";
import type { Role } from "../domain/access.ts";
import type { Database } from "./database.ts";

/** A query of area ids, to stand in `where("….area_id", "in", …)`. */
export type AreaQuery = Expression<string>;

export interface Viewer {
  readonly userId: UserId;
  readonly roles: readonly Role[];
  readonly today: LocalDate;
}

/** What a person was granted in one of the roles, and everything below it in today's tree. */
export function grantedAreas(db: Database, { userId, roles, today }: Viewer): AreaQuery {
  return db
    .withRecursive("granted(id)", (query) =>
      query
        .selectFrom("grant")
        .innerJoin("placement", "placement.area_id", "grant.area_id")
        .where("grant.user_id", "=", userId)
        .where("grant.role", "in", roles)
        .where("grant.from_date", "<=", today)
        .where((eb) => eb.or([eb("grant.to_date", "is", null), eb("grant.to_date", ">", today)]))
        .where("placement.from_date", "<=", today)
        .where((eb) => eb.or([eb("placement.to_date", "is", null), eb("placement.to_date", ">", today)]))
        .select("placement.area_id as id")
        .union(
          query
            .selectFrom("placement")
            .innerJoin("granted", "granted.id", "placement.parent_id")
            .where("placement.from_date", "<=", today)
            .where((eb) => eb.or([eb("placement.to_date", "is", null), eb("placement.to_date", ">", today)]))
            .select("placement.area_id as id"),
        ),
    )
    .selectFrom("granted")
    .select("granted.id")
    .$asScalar();
}

/** An area and everything below it in today's tree. */
export function areasBelow(db: Database, top: AreaId, today: LocalDate): AreaQuery {
  return db
    .withRecursive("below(id)", (query) =>
      query
        .selectFrom("placement")
        .where("placement.area_id", "=", top)
        .where("placement.from_date", "<=", today)
        .where((eb) => eb.or([eb("placement.to_date", "is", null), eb("placement.to_date", ">", today)]))
        .select("placement.area_id as id")
        .union(
          query
            .selectFrom("placement")
            .innerJoin("below", "below.id", "placement.parent_id")
            .where("placement.from_date", "<=", today)
            .where((eb) => eb.or([eb("placement.to_date", "is", null), eb("placement.to_date", ">", today)]))
            .select("placement.area_id as id"),
        ),
    )
    .selectFrom("below")
    .select("below.id")
    .$asScalar();
}
