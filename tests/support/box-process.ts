import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readIdentity } from "@loa/edge-agent/adapters/identity-store.ts";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { startVirtualAmplifier, type VirtualAmplifier } from "@loa/simulator/virtual-amplifier/start.ts";
import { type OwnProcess, repositoryRoot, startOwn } from "./own-process.ts";

/** A box as a technician installs it: the agent in its own process, an amplifier on a line, and a recorded loudspeaker. */
export interface BoxProcess {
  readonly id: BoxId;
  readonly amplifier: VirtualAmplifier;
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
}

export const profilePath = join(repositoryRoot, "hardware-profiles/loa-reference-amplifier.yaml");
/** Programme level at the amplifier's input, as long as anything plays; its output follows power, gain and zones. */
const INPUT = { rmsDb: -20, peakDb: -8 };
/** As the systemd unit of a box starts it, where memory counts for more than speed. */
const nodeArgs = ["--max-semi-space-size=1", "--v8-pool-size=1", "--optimize-for-size"];
/** glibc gives each thread its own arena, and takes none back. */
const allocator = { MALLOC_ARENA_MAX: "1" };

export async function startBoxProcess(options: BoxProcessOptions): Promise<BoxProcess> {
  const { folder } = options;
  const recordings = join(folder, "heard");
  mkdirSync(recordings, { recursive: true });
  const profile = loadProfile(profilePath);
  if (!profile.ok) throw new Error(profile.error.join("\n"));
  const amplifier = await startVirtualAmplifier({
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
  ].flat();
  const start = async () => {
    const started = startOwn("edge-agent/src/main.ts", {
      args,
      nodeArgs,
      env: { ...allocator, ...options.env },
    });
    await started.says(/agent\.started/);
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
