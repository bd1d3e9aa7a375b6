// node .ci/launch.mjs <command> [arguments]: what every npm script goes through. On a machine with nothing but some
// Node ≥ 18 and npm it installs the locked dependencies when they changed, then runs the command under Node 24.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child-process.mjs";
import { bringUpToLock, say } from "./dependencies.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const wantedNode = /(\d+)\.(\d+)/.exec(manifest.engines.node).slice(1).map(Number);
const platform = `${process.platform}-${process.arch}`;

process.exitCode = await main(process.argv.slice(2));

async function main([command, ...args]) {
  if (command === undefined) {
    say("usage: node .ci/launch.mjs <command> [arguments]");
    return 2;
  }
  const comesWithLock = manifest.optionalDependencies?.[`node-${platform}`] !== undefined;
  if (!comesWithLock && !isNewEnough(process.version)) return refuseOldNode();
  if (!(await bringUpToLock(root, environment(bin)))) return 1;
  const path = pathWithNode();
  return path === null ? refuseOldNode() : runCommand(command, args, environment(path));
}

async function runCommand(command, args, env) {
  try {
    const { code } = await runChild(command, args, { cwd: root, env });
    return code;
  } catch (error) {
    say(`cannot start ${command}: ${error.message}`);
    return 127;
  }
}

/** What goes first on PATH so that `node` is new enough, or null. */
function pathWithNode() {
  // Asked, not believed: on a musl system the locked Node is there and does not start.
  const locked = spawnSync(join(bin, "node"), ["--version"], { encoding: "utf8" });
  if (isNewEnough(locked.stdout ?? "")) return bin;
  return isNewEnough(process.version) ? `${dirname(process.execPath)}${delimiter}${bin}` : null;
}

function isNewEnough(version) {
  const [major, minor] = version.replace("v", "").split(".").map(Number);
  const [wantedMajor, wantedMinor] = wantedNode;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function refuseOldNode() {
  say(
    `needs Node ${wantedNode.join(".")} or newer; this is ${process.version}, and none that runs on ${platform} ` +
      "comes with the lock. Install Node 24 (https://nodejs.org) and run the command again.",
  );
  return 1;
}

function environment(firstOnPath) {
  return {
    ...process.env,
    PATH: `${firstOnPath}${delimiter}${process.env.PATH ?? ""}`,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "compile"),
  };
}
