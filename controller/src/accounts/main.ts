import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { argon2Passwords } from "../adapters/argon2-passwords.ts";
import { newPassword } from "../api/new-id.ts";
import type { Database } from "../store/database.ts";
import { openDatabase } from "../store/migrate.ts";
import { openSqlite } from "../store/open-sqlite.ts";
import { allUsers, type ListedUser } from "../store/users.ts";
import { type Mending, mend } from "./mend.ts";

const usage = `Usage: node controller/src/accounts/main.ts COMMAND [NAME] [--data DIR]
  list                    everybody, with what they come in by
  recover NAME            a new password, shown once; sessions, passkeys and the link to a provider are gone
  shut-out NAME           nothing of the account opens anything any more, from this moment
  let-in NAME             takes that back
  break-glass NAME        the account for the day when nobody else can sign in; each use of it is an alarm
  no-break-glass NAME
  link NAME --issuer URL --subject ID   who the person is at the OpenID provider
The controller may be running (DIR is .loa-data where it is left out). Everything is written into the audit.`;

await main();

async function main(): Promise<void> {
  const asked = readAsked();
  if (asked === null) return leave(usage);
  const path = join(asked.data, "loa.sqlite");
  // Opening would make it where it is not there.
  if (!existsSync(path)) return leave(`${path}: not there`);
  const db = await openDatabase(openSqlite(path));
  try {
    const problem = await carryOut(db, asked);
    if (problem !== null) leave(problem);
  } finally {
    await db.destroy();
  }
}

interface Asked {
  readonly data: string;
  readonly command: string;
  readonly name: string;
  readonly issuer: string | null;
  readonly subject: string | null;
}

function readAsked(): Asked | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        data: { type: "string", default: ".loa-data" },
        issuer: { type: "string" },
        subject: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    const [command, name = "", ...more] = positionals;
    if (values.help || command === undefined || more.length > 0) return null;
    const { data, issuer = null, subject = null } = values;
    return { data, command, name: name.toLowerCase(), issuer, subject };
  } catch {
    return null;
  }
}

/** What was wrong; null: it is done. */
async function carryOut(db: Database, asked: Asked): Promise<string | null> {
  const users = await allUsers(db);
  if (asked.command === "list") {
    for (const user of users) say(lineOf(user));
    return null;
  }
  const user = users.find((one) => one.name === asked.name);
  const password = newPassword(nodeRandom);
  const mending = await mendingOf(asked, password);
  if (mending === null) return usage;
  if (user === undefined) return `nobody is called «${asked.name}»`;
  await mend(db, user.id, mending, nodeClock.now());
  say(mending.kind === "recover" ? `${user.name}  ${password}` : "done");
  return null;
}

async function mendingOf({ command, issuer, subject }: Asked, password: string): Promise<Mending | null> {
  switch (command) {
    case "recover":
      return { kind: "recover", passwordHash: await argon2Passwords().hash(password) };
    case "shut-out":
      return { kind: "shut-out", isOn: true };
    case "let-in":
      return { kind: "shut-out", isOn: false };
    case "break-glass":
      return { kind: "break-glass", isOn: true };
    case "no-break-glass":
      return { kind: "break-glass", isOn: false };
    case "link":
      return issuer === null || subject === null ? null : { kind: "link", issuer, subject };
    default:
      return null;
  }
}

function lineOf({ name, isBreakGlass, isDisabled, passkeys, subject }: ListedUser): string {
  const facts = [
    ...(isDisabled ? ["shut out"] : []),
    ...(isBreakGlass ? ["break-glass"] : []),
    `${passkeys} passkeys`,
    ...(subject === null ? [] : [`linked to ${subject}`]),
  ];
  return `${name.padEnd(24)} ${facts.join(", ")}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function leave(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exitCode = 2;
}
