import { execFile } from "node:child_process";
import { join } from "node:path";
import { walkChain } from "@loa/controller/audit/chain.ts";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import { openAsItStands } from "@loa/controller/store/migrate.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

const program = join(import.meta.dirname, "../../controller/src/accounts/main.ts");

describe("accounts at the machine, while the controller runs", () => {
  let folder: TemporaryFolder;
  let room: ControlRoom;
  let origin: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    room = await openOwnControlRoom(folder.path, null);
    origin = `http://127.0.0.1:${room.httpPort}`;
  });
  afterAll(async () => {
    await room?.close();
    await folder?.remove();
  });

  /** The control room runs in this process: it must not stand still meanwhile. */
  function run(...args: string[]): Promise<{ code: number; said: string; complained: string }> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [program, ...args, "--data", folder.path],
        (_, said, complained) => resolve({ code: child.exitCode ?? -1, said, complained }),
      );
    });
  }

  async function signIn(password: string): Promise<{ readonly status: number; readonly cookie: string }> {
    const answer = await fetch(`${origin}/api/v1/session`, {
      method: "POST",
      headers: { origin, "content-type": "application/json" },
      body: JSON.stringify({ user: ownOperator.name, password }),
    });
    return { status: answer.status, cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
  }

  async function isIn(cookie: string): Promise<boolean> {
    return (await fetch(`${origin}/api/v1/session`, { headers: { cookie } })).ok;
  }

  it("a stolen one is shut out at once, and let in again with another password", async () => {
    const { cookie } = await signIn(ownOperator.password);
    expect(await isIn(cookie)).toBe(true);
    expect(await run("shut-out", ownOperator.name)).toMatchObject({ code: 0, said: "done\n" });
    expect(await isIn(cookie)).toBe(false);
    expect((await signIn(ownOperator.password)).status).toBe(401);
    const [, password = ""] =
      /^operator {2}(\S+)\n$/.exec((await run("recover", ownOperator.name)).said) ?? [];
    expect((await run("let-in", ownOperator.name)).code).toBe(0);
    expect((await signIn(ownOperator.password)).status).toBe(401);
    const again = await signIn(password);
    expect(await isIn(again.cookie)).toBe(true);
  }, 60_000);

  it("the break-glass account is named, listed, and its use is an alarm", async () => {
    expect((await run("break-glass", ownOperator.name)).code).toBe(0);
    expect((await run("list")).said).toMatch(/^operator +break-glass, 0 passkeys\n$/);
    const [, password = ""] = /(\S+)\n$/.exec((await run("recover", ownOperator.name)).said) ?? [];
    const { cookie } = await signIn(password);
    const { breakGlassAt } = await (await fetch(`${origin}/api/v1/session`, { headers: { cookie } })).json();
    expect(breakGlassAt).toBeGreaterThan(0);
  }, 60_000);

  it("nobody and nothing is mended by mistake, and all of it stands in the chain of the audit", async () => {
    expect(await run("shut-out", "nobody")).toMatchObject({
      code: 2,
      complained: "nobody is called «nobody»\n",
    });
    expect((await run("mend", ownOperator.name)).code).toBe(2);
    const db = openAsItStands(openSqlite(join(folder.path, "loa.sqlite")));
    const rows = await db.selectFrom("audit").select(["act", "user_id"]).orderBy("id").execute();
    const walked = await walkChain(db, async () => {});
    await db.destroy();
    expect(walked.firstBad).toBeNull();
    const mended = rows.filter((row) => row.user_id === null).map((row) => row.act);
    expect(mended.slice(1)).toEqual([
      "user.shut-out",
      "user.recovered",
      "user.shut-out",
      "user.break-glass-set",
      "user.recovered",
    ]);
  }, 60_000);
});
