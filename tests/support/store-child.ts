// Commits numbers to a store one after the other and says each when it is durable; killed by the test that starts it.
import { openSqliteStore } from "@loa/edge-agent/adapters/sqlite-store.ts";
import { createLogBook } from "./log-book.ts";

const [path = ""] = process.argv.slice(2);
const store = openSqliteStore(path, createLogBook());
for (let number = 1; ; number += 1) {
  const value = String(number);
  const result = store.commit([
    { op: "put", table: "event", key: value, value: "x".repeat(2_000) },
    { op: "put", table: "meta", key: "last", value },
  ]);
  process.stdout.write(result.ok ? `${value}\n` : `failed ${result.error}\n`);
  if (!result.ok) break;
}
