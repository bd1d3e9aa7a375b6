import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openSqliteStore } from "@loa/edge-agent/adapters/sqlite-store.ts";
import { createVirtualDisk, createVirtualStore } from "@loa/simulator/virtual/virtual-store.ts";
import { expect, test } from "vitest";
import { createLogBook } from "../support/log-book.ts";
import { temporaryFolder, testFolder } from "../support/temp-folder.ts";
import { describeStore, put, type StoreWorld } from "./store.contract.ts";

const child = join(import.meta.dirname, "../support/store-child.ts");

describeStore("SQLite", async (): Promise<StoreWorld> => {
  const folder = await temporaryFolder();
  const path = join(folder.path, "store.sqlite");
  const opened = [openSqliteStore(path, createLogBook())];
  return {
    store: opened[0] ?? openSqliteStore(path, createLogBook()),
    powerCut() {
      const again = openSqliteStore(path, createLogBook());
      opened.push(again);
      return again;
    },
    async close() {
      for (const store of opened) store.close();
      await folder.remove();
    },
  };
});

describeStore("in the simulator", async (): Promise<StoreWorld> => {
  const disk = createVirtualDisk();
  const lives = { first: true };
  return {
    store: createVirtualStore(disk, () => lives.first),
    powerCut() {
      lives.first = false;
      return createVirtualStore(disk, () => true);
    },
    close: async () => undefined,
  };
});

test.each(["disk-full", "read-only", "io"] as const)(
  "the simulator's disk says %s and keeps nothing",
  (failure) => {
    const disk = createVirtualDisk();
    const store = createVirtualStore(disk, () => true);
    disk.failure = failure;
    expect(store.commit([put("meta", "a", "1")])).toEqual({ ok: false, error: failure });
    disk.failure = null;
    expect(store.readAll()).toEqual([]);
  },
);

test("what was durable when the process was killed is there afterwards, and no half of a commit", async () => {
  const path = join(await testFolder(), "store.sqlite");
  for (let round = 0; round < 3; round += 1) {
    const writer = spawn(process.execPath, [child, path], { stdio: ["ignore", "pipe", "inherit"] });
    let last = 0;
    for await (const line of createInterface({ input: writer.stdout })) {
      last = Number(line);
      if (last === 20 + round * 7) writer.kill("SIGKILL");
    }
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
    const store = openSqliteStore(path, createLogBook());
    const records = store.readAll();
    store.close();
    const kept = Number(records.find((one) => one.table === "meta")?.value);
    expect(kept).toBeGreaterThanOrEqual(last);
    for (let number = 1; number <= kept; number += 1)
      expect(records.some((one) => one.table === "event" && one.key === String(number))).toBe(true);
  }
});

const mayMount =
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" }).status === 0;
if (!mayMount)
  console.warn("skipped: needs the right to mount a tmpfs (unshare -m), which this machine does not give");

test.skipIf(!mayMount)(
  "a disk that is really full is «disk-full», and what was committed before is there",
  async () => {
    const folder = await testFolder();
    const script = `mount -t tmpfs -o size=512k none ${folder} && ${process.execPath} ${child} ${folder}/store.sqlite`;
    const { stdout } = spawnSync("unshare", ["-m", "sh", "-c", script], { encoding: "utf8" });
    const lines = stdout.trim().split("\n");
    expect(lines.at(-1)).toBe("failed disk-full");
    expect(lines.length).toBeGreaterThan(20);
  },
);

test("a file that is no database any more is put aside, and the box begins anew", async () => {
  const path = join(await testFolder(), "store.sqlite");
  writeFileSync(path, "this was a database before the power went ".repeat(500));
  const log = createLogBook();
  const store = openSqliteStore(path, log);
  expect(store.readAll()).toEqual([]);
  expect(store.commit([put("meta", "a", "1")]).ok).toBe(true);
  store.close();
  expect(log.lines.map((one) => one.event)).toEqual(["store.torn"]);
  expect(existsSync(`${path}.torn`)).toBe(true);
});
