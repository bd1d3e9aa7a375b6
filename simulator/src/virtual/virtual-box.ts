import { createAgent } from "@loa/edge-agent/agent.ts";
import type { AgentConfig } from "@loa/edge-agent/config.ts";
import type { StoreChange } from "@loa/edge-agent/ports.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant, asMonotonic } from "@loa/shared/kernel/time.ts";
import { readPinnedAlert } from "@loa/shared/node/cap/read-pinned-alert.ts";
import { createAmplifierTwin } from "../virtual-device/amplifier-twin.ts";
import type { MeterReading } from "../virtual-device/signal-path.ts";
import { createVirtualDevice, type VirtualDevice } from "../virtual-device/virtual-device.ts";
import { createLoudspeaker, type Loudspeaker } from "./loudspeaker.ts";
import type { SeededRandom } from "./random.ts";
import type { Trace } from "./trace.ts";
import { createVirtualBus } from "./virtual-bus.ts";
import { readVirtualClip } from "./virtual-clip.ts";
import {
  createMachineClock,
  createVirtualAlarm,
  createVirtualTimers,
  type MachineClock,
} from "./virtual-clock.ts";
import { type ClipFolder, createClipFolder, createVirtualContent, type Download } from "./virtual-content.ts";
import { virtualCrypto } from "./virtual-crypto.ts";
import { createVirtualHost, type HostTroubles } from "./virtual-host.ts";
import type { VirtualLink } from "./virtual-link.ts";
import { createVirtualLog } from "./virtual-log.ts";
import type { VirtualNetwork } from "./virtual-network.ts";
import { createVirtualSound } from "./virtual-sound.ts";
import { createVirtualDisk, createVirtualStore, type VirtualDisk } from "./virtual-store.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A machine on a pole: what lasts over its boots, and the real agent while it has power. */
export interface VirtualBox {
  readonly id: BoxId;
  readonly link: VirtualLink;
  readonly disk: VirtualDisk;
  readonly folder: ClipFolder;
  readonly loudspeaker: Loudspeaker;
  readonly amplifier: VirtualDevice<ModbusProfile>;
  readonly troubles: HostTroubles;
  readonly isOn: boolean;
  /** Since when it runs, world time. */
  readonly bootedAt: number;
  /** The clock of this boot. */
  readonly clock: MachineClock;
  boot(how?: { readonly wallIs1970: boolean }): void;
  /** All that was not committed is gone. The amplifier stands in the same cabinet and goes off too. */
  cutPower(): void;
  /** `kill -9` of the agent, which starts again at once: clock, amplifier and network of the machine go on. */
  crashAgent(): void;
  /** A clean stop of the agent, as for an update, and a new start. */
  restartAgent(): void;
  /** Cuts the power at the next commit that notes an occurrence. */
  cutPowerAtCommit(moment: "before" | "after", then: () => void): void;
}

export interface VirtualBoxParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: SeededRandom;
  readonly network: VirtualNetwork;
  readonly download: Download;
  readonly profile: ModbusProfile;
  readonly config: Omit<AgentConfig, "bootId">;
  readonly password: string;
  readonly driftPpm: number;
  readonly hasBatteryClock: boolean;
}

const NO_OUTPUT: MeterReading = { rmsDb: -120, peakDb: -120 };

export function createVirtualBox(parts: VirtualBoxParts): VirtualBox {
  const { time, random, network, config } = parts;
  const id = config.box;
  const link = network.linkOf(id);
  const disk = createVirtualDisk();
  const folder = createClipFolder();
  const loudspeaker = createLoudspeaker();
  let output = NO_OUTPUT;
  loudspeaker.onOutput = (rmsDb) => {
    output = rmsDb === null ? NO_OUTPUT : { rmsDb, peakDb: rmsDb + 12 };
  };
  const amplifier = createVirtualDevice({
    profile: parts.profile,
    meter: () => output,
    clock: worldClock(time),
  });
  const troubles: HostTroubles = { areTimeServersSilent: false, timeServersAheadMs: 0 };
  let boots = 0;
  let runs = 0;
  let run: Run | null = null;
  let bootedAt = 0;
  let clock = createMachineClock(time, { driftPpm: parts.driftPpm, wall: time.instant() });

  const newRun = () => {
    runs += 1;
    const inside = { parts, link, disk, folder, loudspeaker, amplifier, troubles, clock, bootedAt };
    return startRun(inside, `boot-${boots}`, random.stream(`run-${runs}`));
  };
  const cutPower = () => {
    run?.die();
    run = null;
    amplifier.set("amplifier.power", 0);
  };
  return {
    id,
    link,
    disk,
    folder,
    loudspeaker,
    amplifier,
    troubles,
    get isOn() {
      return run !== null;
    },
    get bootedAt() {
      return bootedAt;
    },
    get clock() {
      return clock;
    },
    boot(how = { wallIs1970: !parts.hasBatteryClock }) {
      run?.die();
      boots += 1;
      bootedAt = time.now();
      const wall = how.wallIs1970 ? asInstant(0) : time.instant();
      clock = createMachineClock(time, { driftPpm: parts.driftPpm, wall });
      run = newRun();
    },
    cutPower,
    crashAgent() {
      run?.crash();
      run = newRun();
    },
    restartAgent() {
      run?.stop();
      run = newRun();
    },
    cutPowerAtCommit(moment, then) {
      disk.onCommit = (at, changes) => {
        if (at !== moment || !changes.some(notesOccurrence)) return;
        disk.onCommit = () => undefined;
        cutPower();
        then();
      };
    },
  };
}

function notesOccurrence(change: StoreChange): boolean {
  return change.op === "put" && change.table === "occurrence";
}

interface Run {
  /** The whole machine goes dark. */
  die(): void;
  /** Only the process ends: the kernel closes its connections. */
  crash(): void;
  /** It ends after its good-bye. */
  stop(): void;
}

interface Inside
  extends Pick<
    VirtualBox,
    "link" | "disk" | "folder" | "loudspeaker" | "amplifier" | "troubles" | "clock" | "bootedAt"
  > {
  readonly parts: VirtualBoxParts;
}

/** One life of the agent, from boot to power cut. */
function startRun(inside: Inside, bootId: string, random: SeededRandom): Run {
  const { parts, link, disk, folder, loudspeaker, troubles, clock } = inside;
  const { time, trace, network, config, password } = parts;
  const { box } = config;
  let alive = true;
  const isAlive = () => alive;
  const bus = createVirtualBus(network, { box, password }, isAlive);
  const timers = createVirtualTimers(time, clock, isAlive, () => undefined);
  const sound = createVirtualSound({
    time,
    clock,
    loudspeaker,
    isAlive,
    clipOf: (hash) => clipIn(folder, hash),
  });
  const lines = { clock, timers, random: random.stream("amplifier") };
  const amplifier = createAmplifierTwin({ device: inside.amplifier, ...lines });
  const agent = createAgent(
    {
      clock,
      random: random.stream("agent"),
      log: createVirtualLog(time, trace, box),
      crypto: virtualCrypto,
      store: createVirtualStore(disk, isAlive),
      bus,
      sound,
      devices: amplifier,
      content: createVirtualContent({
        time,
        link,
        folder,
        disk,
        crypto: virtualCrypto,
        download: parts.download,
        isAlive,
      }),
      host: createVirtualHost({
        time,
        clock,
        random: random.stream("host"),
        link,
        disk,
        troubles,
        hasBatteryClock: parts.hasBatteryClock,
        bootedAt: inside.bootedAt,
        isAlive,
      }),
      alarm: createVirtualAlarm(time, clock, random.stream("alarm"), isAlive),
      alerts: { read: readPinnedAlert },
    },
    { ...config, bootId },
  );
  const end = (closeBus: () => void) => {
    alive = false;
    closeBus();
    sound.die();
  };
  return {
    die: () => end(bus.die),
    crash: () => end(bus.break),
    stop() {
      agent.stop();
      end(bus.break);
    },
  };
}

function clipIn(
  folder: ClipFolder,
  hash: string,
): ReturnType<Parameters<typeof createVirtualSound>[0]["clipOf"]> {
  const bytes = folder.files.get(hash as Sha256);
  return bytes === undefined ? null : (readVirtualClip(bytes) ?? "not-audio");
}

function worldClock(time: VirtualTime): Clock {
  return { now: time.instant, monotonic: () => asMonotonic(time.now()) };
}
