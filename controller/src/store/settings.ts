import type { Database } from "./database.ts";

export type SettingKey = "sequence.reserved" | "receipts.looked-up-to" | "ingest";

export async function readSetting(db: Database, key: SettingKey): Promise<string | null> {
  const row = await db.selectFrom("setting").where("key", "=", key).select("value").executeTakeFirst();
  return row?.value ?? null;
}

export async function putSetting(db: Database, key: SettingKey, value: string): Promise<void> {
  await db
    .insertInto("setting")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
}
