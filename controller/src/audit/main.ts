import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { openKeyFile } from "../adapters/key-file.ts";
import { openAsItStands } from "../store/migrate.ts";
import { openSqlite } from "../store/open-sqlite.ts";
import { holdAgainst, walkChain } from "./chain.ts";

const usage = `Usage: npm run verify-audit -- [options]
  --data DIR     of the controller (default .loa-data); it may be running
  --heads FILE   signed heads that were kept elsewhere (default DIR/audit-heads.txt, where there)
  --key KEY      public key of the controller, base64url (default: of DIR/keys/controller.key)
Ends with 0 when the chain holds, with 1 and the first bad row when it does not, with 2 when it cannot be read.`;

await main();

async function main(): Promise<void> {
  const { data, heads, key } = flags();
  const keyFile = join(data, "keys", "controller.key");
  const database = join(data, "loa.sqlite");
  // Opening either makes it where it is not there.
  for (const path of key === null ? [keyFile, database] : [database])
    if (!existsSync(path)) return leave(`${path}: not there`);
  const publicKey = key ?? (await openKeyFile(keyFile)).publicKey;
  const db = openAsItStands(openSqlite(database));
  const held = holdAgainst(heads, publicKey, nodeCrypto);
  const walk = await walkChain(db, () => Promise.resolve(), held.seen);
  await db.destroy();
  if (walk.firstBad !== null)
    say(`row ${walk.firstBad} is bad: it does not follow from the ${walk.rows} rows before it`);
  else say(`${walk.rows} rows hold${walk.last === null ? "" : `, the last hash is ${walk.last.hash}`}`);
  for (const { line, why, head } of held.complaints())
    say(`head in line ${line}: ${why}${head === null ? "" : ` (row ${head.id})`}`);
  if (walk.firstBad !== null || held.complaints().length > 0) process.exitCode = 1;
}

function flags(): {
  readonly data: string;
  readonly heads: readonly string[];
  readonly key: PublicKey | null;
} {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: "string", default: ".loa-data" },
        heads: { type: "string" },
        key: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return leave(usage);
    const path = values.heads ?? join(values.data, "audit-heads.txt");
    return {
      data: values.data,
      heads: linesOf(path, values.heads !== undefined),
      key: (values.key as PublicKey) ?? null,
    };
  } catch (error) {
    return leave(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

/** Without a file of heads the chain itself is still followed. */
function linesOf(path: string, isWanted: boolean): readonly string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch (error) {
    if (isWanted) throw error;
    return [];
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function leave(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
