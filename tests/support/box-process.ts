import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readIdentity } from "@loa/edge-agent/adapters/identity-store.ts";
import { loadModbusProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { type StartedDevice, startVirtualDevice } from "@loa/simulator/virtual-device/start.ts";
import { type OwnProcess, repositoryRoot, startOwn } from "./own-process.ts";

/** A box as a technician installs it: the agent in its own process, an amplifier on a line, and a recorded loudspeaker. */
export interface BoxProcess {
  readonly id: BoxId;
  readonly amplifier: StartedDevice;
  /** Where the WAV files of what was heard lie; see `recorded-loudspeaker.ts`. */
  readonly recordings: string;
  running(): OwnProcess;
  startAgain(): Promise<void>;
  close(): Promise<void>;
}

export interface BoxProcessOptions {
  readonly folder: string;
  readonly controllerUrl: string;
  readonly claimCode: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File with the authority that its image believes. */
  readonly ca?: string;
}

export const profilePath = join(repositoryRoot, "hardware-profiles/loa-reference-amplifier.yaml");
/** On a machine that does ten other things as well. */
const START_LIMIT_MS = 90_000;
/** Programme level at the amplifier's input, as long as anything plays; its output follows power, gain and zones. */
const INPUT = { rmsDb: -20, peakDb: -8 };
/** Commands for Node and environment as `loa-agent.service` has them; where it caches is the test's own business. */
function unitOfBox(): {
  readonly nodeArgs: readonly string[];
  /** What runs before each start. */
  readonly before: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const unit = readFileSync(join(repositoryRoot, "edge-agent/loa-agent.service"), "utf8");
  const flags = /^ExecStart=\S+ (.*) edge-agent\/src\/main\.ts/m.exec(unit)?.[1];
  const before = /^ExecStartPre=-\S+ (.*)$/m.exec(unit)?.[1];
  if (flags === undefined || before === undefined) throw new Error("loa-agent.service starts something else");
  const settings = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  const { NODE_COMPILE_CACHE: _, ...env } = Object.fromEntries(settings);
  return { nodeArgs: flags.split(" "), before: before.split(" "), env };
}

export async function startBoxProcess(options: BoxProcessOptions): Promise<BoxProcess> {
  const { folder } = options;
  const recordings = join(folder, "heard");
  mkdirSync(recordings, { recursive: true });
  const profile = loadModbusProfile(profilePath);
  if (!profile.ok) throw new Error(profile.error.join("\n"));
  const amplifier = await startVirtualDevice({
    profile: profile.value,
    transport: { kind: "tcp", host: "127.0.0.1", port: 0 },
    meter: () => INPUT,
    clock: nodeClock,
    timers: nodeTimers,
    seed: 1,
  });
  if (amplifier.address.kind !== "tcp") throw new Error("the virtual amplifier listens on TCP here");
  const data = join(folder, "disk");
  const args = [
    ["--data", data],
    ["--profile", profilePath],
    ["--amplifier", `tcp://127.0.0.1:${amplifier.address.port}`],
    ["--sink", `wav:${recordings}`],
    ["--clock", "trusted"],
    ["--controller", options.controllerUrl, "--claim", options.claimCode],
    options.ca === undefined ? [] : ["--ca", options.ca],
  ].flat();
  const unit = unitOfBox();
  const start = async () => {
    const env = { ...unit.env, ...options.env };
    // Where nothing is kept there is nothing to compile ahead.
    if ("NODE_COMPILE_CACHE" in env)
      execFileSync(process.execPath, unit.before, { cwd: repositoryRoot, env: { ...process.env, ...env } });
    const started = startOwn("edge-agent/src/main.ts", { args, nodeArgs: unit.nodeArgs, env });
    await started.says(/agent\.started/, START_LIMIT_MS);
    return started;
  };
  let running = await start();
  const identity = readIdentity(data);
  if (identity === null) throw new Error("the box did not enrol");
  return {
    id: identity.box,
    amplifier,
    recordings,
    running: () => running,
    async startAgain() {
      running = await start();
    },
    async close() {
      await running.kill();
      await amplifier.close();
    },
  };
}
