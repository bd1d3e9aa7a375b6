// Brings node_modules to the state of the lock. It has to happen here because `ignore-scripts` (which keeps npm from
// compiling better-sqlite3) also turns off `pretest` and `prestart`.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { runChild } from "./child-process.mjs";

/** Its host may be out of reach and then swallow packets; the resolver has other ffmpegs to try. */
const ffmpegLimitMs = 120_000;
/** A slow line needs minutes for 600 MB; beyond this something hangs. */
const installLimitMs = 20 * 60_000;
/** A waiting process looks this often whether the installing one is done. */
const lockLookMs = 200;

/**
 * @param {string} root the checkout
 * @param {NodeJS.ProcessEnv} env for the installers
 * @returns {Promise<boolean>} false: the install failed or was stopped, and has said why
 */
export async function bringUpToLock(root, env) {
  if (isUpToLock(root)) return true;
  const release = await takeInstallLock(root);
  try {
    // Another process may have done it while we waited.
    if (isUpToLock(root)) return true;
    return await install(root, env);
  } finally {
    release();
  }
}

async function install(root, env) {
  say("installing the locked dependencies (once per lock, about a minute)");
  const done = await runNpm(
    [
      "ci",
      "--ignore-scripts",
      "--include=dev",
      "--include=optional",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ],
    { cwd: root, env },
  );
  if (done.code !== 0) {
    say(`npm ci failed (exit ${done.code})`);
    return false;
  }
  if (!(await fetchFfmpeg(root, env))) return false;
  writeFileSync(stampPath(root), `${lockHash(root)}\n`);
  return true;
}

/** Tries ffmpeg-static's own download once. Its failure is harmless; false only when we were told to end meanwhile. */
async function fetchFfmpeg(root, env) {
  const folder = join(root, "node_modules", "ffmpeg-static");
  if (!existsSync(join(folder, "install.js"))) return true;
  const done = await runChild("node", ["install.js"], {
    cwd: folder,
    env,
    stdio: "ignore",
    limitMs: ffmpegLimitMs,
  });
  if (done.code !== 0)
    say("ffmpeg-static could not be downloaded; another ffmpeg will be used where there is one");
  return !done.stopped;
}

function runNpm(args, options) {
  // Under `npm test` npm names its own program: the one on PATH may be another, or none.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith("js") ? [process.execPath, [npm]] : ["npm", []];
  // Its output goes to stderr: stdout belongs to the command.
  return runChild(command, [...first, ...args], {
    ...options,
    stdio: ["ignore", 2, 2],
    limitMs: installLimitMs,
  });
}

function isUpToLock(root) {
  const stamp = stampPath(root);
  return existsSync(stamp) && readFileSync(stamp, "utf8").trim() === lockHash(root);
}

/** Inside node_modules, so that whoever removes that folder removes the stamp. */
function stampPath(root) {
  return join(root, "node_modules", ".loa-stamp");
}

function lockHash(root) {
  const lock = readFileSync(join(root, "package-lock.json"));
  return createHash("sha256").update(`${process.platform}-${process.arch}\n`).update(lock).digest("hex");
}

/** A folder, because mkdir is atomic everywhere; outside node_modules, because `npm ci` begins by removing that. */
async function takeInstallLock(root) {
  const lock = join(root, ".ci", ".installing");
  const owner = join(lock, "pid");
  for (let told = false; !tryMakeFolder(lock); ) {
    if (isAbandoned(lock, owner)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) say("waiting for another process that installs in this folder");
    told = true;
    await wait(lockLookMs);
  }
  writeFileSync(owner, String(process.pid));
  return () => rmSync(lock, { recursive: true, force: true });
}

function tryMakeFolder(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Its owner died (power cut, kill -9), or it is older than any install may take (owner in another container). */
function isAbandoned(lock, owner) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > installLimitMs) return true;
    const pid = Number(readFileSync(owner, "utf8"));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    // ENOENT: between the owner's mkdir and its write, or just released; EPERM: alive, somebody else's.
    return error.code === "ESRCH";
  }
}

export function say(line) {
  process.stderr.write(`loa: ${line}\n`);
}
