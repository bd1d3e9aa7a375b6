import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { testFolder } from "../support/temp-folder.ts";

const root = join(import.meta.dirname, "../..");
const lookMs = 20;

it("the command's exit code and output are what npm's caller gets", async () => {
  const house = await emptyHouse();
  const started = npmLike(house, "node", "-e", "console.log('said'); process.exit(7)");
  expect(await text(started.stdout)).toBe("said\n");
  expect(await exitOf(started)).toBe(7);
});

it("a fresh checkout installs its lock once, and a changed lock again", async () => {
  const house = await emptyHouse();
  const run = async () => {
    const started = npmLike(house, "node", "-e", "0");
    const said = await text(started.stderr);
    expect(await exitOf(started)).toBe(0);
    return said.includes("installing the locked dependencies");
  };
  expect(await run()).toBe(true);
  expect(await run()).toBe(false);
  const lock = join(house, "package-lock.json");
  await writeFile(lock, `${await readFile(lock, "utf8")}\n`);
  expect(await run()).toBe(true);
});

it("two starts at once install once", async () => {
  const house = await emptyHouse();
  const both = [npmLike(house, "node", "-e", "0"), npmLike(house, "node", "-e", "0")];
  const said = await Promise.all(both.map(({ stderr }) => text(stderr)));
  expect(await Promise.all(both.map(exitOf))).toEqual([0, 0]);
  expect(said.join("").match(/installing/g)).toHaveLength(1);
  expect(await readdir(join(house, ".ci"))).not.toContain(".installing");
});

it("a lock left behind by a killed install does not hold the next one", async () => {
  const house = await emptyHouse();
  const dead = spawn("true");
  await once(dead, "exit");
  await mkdir(join(house, ".ci/.installing"));
  await writeFile(join(house, ".ci/.installing/pid"), String(dead.pid));
  expect(await exitOf(npmLike(house, "node", "-e", "0"))).toBe(0);
});

it("a failed install says so and starts nothing", async () => {
  const house = await emptyHouse();
  await writeFile(join(house, "package-lock.json"), "{");
  const started = npmLike(house, "node", "-e", "console.log('said')");
  const [out, said] = await Promise.all([text(started.stdout), text(started.stderr)]);
  expect(await exitOf(started)).toBe(1);
  expect(out).toBe("");
  expect(said).toContain("npm ci failed");
});

it("the command finds our programs before the machine's, and a compile cache", async () => {
  const house = await emptyHouse();
  const script = "console.log(JSON.stringify([process.env.PATH, process.env.NODE_COMPILE_CACHE]))";
  const [path, cache] = JSON.parse(await text(npmLike(house, "node", "-e", script).stdout));
  const modules = join(house, "node_modules");
  expect(path.split(delimiter).slice(0, 2)).toEqual([dirname(process.execPath), join(modules, ".bin")]);
  expect(cache).toBe(join(modules, ".cache/compile"));
});

it("the Node of the lock runs the command where the machine's own is too old", async () => {
  const house = await emptyHouse();
  await exitOf(npmLike(house, "node", "-e", "0"));
  const platform = `${process.platform}-${process.arch}`;
  const manifest = { engines: { node: ">=99.1" }, optionalDependencies: { [`node-${platform}`]: "99.2.0" } };
  await writeFile(join(house, "package.json"), JSON.stringify(manifest));
  const bin = join(house, "node_modules/.bin");
  await mkdir(bin, { recursive: true });
  const newNode = '#!/bin/sh\n[ "$1" = --version ] && echo v99.2.0 || echo "the new one runs $*"\n';
  await writeFile(join(bin, "node"), newNode, { mode: 0o755 });
  expect(await text(npmLike(house, "node", "main.ts").stdout)).toBe("the new one runs main.ts\n");
});

it("SIGTERM reaches the command, which ends in its own way", async () => {
  const house = await emptyHouse();
  const started = npmLike(house, "node", "-e", saysPidAndEndsWith(3));
  await pidSaidBy(started);
  started.kill("SIGTERM");
  expect(await exitOf(started)).toBe(3);
});

it("one Ctrl-C, which comes from the terminal and again from npm, reaches the command once", async () => {
  const house = await emptyHouse();
  const counts = `
    let times = 0;
    process.on("SIGINT", () => {
      console.log("told");
      if (++times === 1) setTimeout(() => process.exit(times), 300);
    });
    setInterval(() => {}, 1000);
    console.log(process.pid);`;
  const started = npmLike(house, "node", "-e", counts);
  await pidSaidBy(started);
  started.kill("SIGINT");
  await once(started.stdout, "data");
  started.kill("SIGINT");
  expect(await exitOf(started)).toBe(1);
});

it("what the command leaves behind goes with it", async () => {
  const house = await emptyHouse();
  const leavesChild = `
    const child = require("node:child_process").spawn("sleep", ["1000"], { stdio: "ignore" });
    child.unref();
    console.log(child.pid);`;
  const started = npmLike(house, "node", "-e", leavesChild);
  const pid = await pidSaidBy(started);
  await exitOf(started);
  await goneOrFail(pid);
});

it.each([
  { killed: "its shell", line: "$0; true" },
  // The shell lives on, and nobody tells us.
  { killed: "npm", line: 'sh -c "$0; true"; true' },
])("when $killed is killed, the command ends too", async ({ line }) => {
  const house = await emptyHouse();
  await exitOf(npmLike(house, "node", "-e", "0"));
  await writeFile(join(house, "main.js"), saysPidAndEndsWith(0));
  const launch = `${process.execPath} .ci/launch.mjs node main.js`;
  const shell = spawn("sh", ["-c", line, launch], {
    cwd: house,
    env: { ...process.env, npm_lifecycle_event: "start" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const pid = await pidSaidBy(shell);
  shell.kill("SIGKILL");
  await goneOrFail(pid);
});

it("a Node that is too old is refused in one sentence that says what to do", async () => {
  const house = await emptyHouse({ engines: { node: ">=99.1" } });
  const started = npmLike(house, "node", "-e", "console.log('said')");
  const [out, said] = await Promise.all([text(started.stdout), text(started.stderr)]);
  expect(await exitOf(started)).toBe(1);
  expect(out).toBe("");
  expect(said).toContain(`loa: needs Node 99.1 or newer; this is ${process.version}`);
  expect(said).toContain("Install Node 24");
});

it("a command that does not exist is named", async () => {
  const house = await emptyHouse();
  const started = npmLike(house, "no-such-command");
  const said = await text(started.stderr);
  expect(await exitOf(started)).toBe(127);
  expect(said).toContain("cannot start no-such-command");
});

/** A checkout with the launcher and an empty lock: its install needs no network. */
async function emptyHouse(manifest: { readonly engines?: { readonly node: string } } = {}): Promise<string> {
  const house = await testFolder();
  await mkdir(join(house, ".ci"));
  for (const file of ["launch.mjs", "dependencies.mjs", "child-process.mjs"]) {
    await cp(join(root, ".ci", file), join(house, ".ci", file));
  }
  const named = { name: "house", version: "1.0.0" };
  const lock = { ...named, lockfileVersion: 3, requires: true, packages: { "": named } };
  await writeFile(
    join(house, "package.json"),
    JSON.stringify({ ...named, engines: { node: ">=24.12" }, ...manifest }),
  );
  await writeFile(join(house, "package-lock.json"), JSON.stringify(lock));
  return house;
}

/** The launcher as npm starts it: through a shell that becomes it. */
function npmLike(house: string, ...command: readonly string[]) {
  const started = spawn("sh", ["-c", 'exec "$0" .ci/launch.mjs "$@"', process.execPath, ...command], {
    cwd: house,
    env: { HOME: house, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    started.kill("SIGKILL");
  });
  return started;
}

function saysPidAndEndsWith(code: number): string {
  return `process.on("SIGTERM", () => process.exit(${code})); setInterval(() => {}, 1000); console.log(process.pid)`;
}

async function pidSaidBy(started: ChildProcess): Promise<number> {
  if (started.stdout === null) throw new Error("its stdout is not a pipe");
  const [line] = await once(started.stdout, "data");
  return Number(line);
}

async function exitOf(started: ChildProcess): Promise<number | null> {
  if (started.exitCode === null && started.signalCode === null) await once(started, "exit");
  return started.exitCode;
}

async function goneOrFail(pid: number): Promise<void> {
  const isGone = () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  onTestFinished(() => {
    if (!isGone()) process.kill(pid, "SIGKILL");
  });
  await expect.poll(isGone, { timeout: 5_000, interval: lookMs }).toBe(true);
}
