import type { Host, HostReport } from "@loa/edge-agent/ports.ts";
import type { SeededRandom } from "./random.ts";
import type { MachineClock } from "./virtual-clock.ts";
import type { VirtualLink } from "./virtual-link.ts";
import type { VirtualDisk } from "./virtual-store.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What the machine around the agent does by itself, over all its boots. */
export interface HostTroubles {
  /** No time server answers. */
  areTimeServersSilent: boolean;
  /** Somebody on the way forges their answers: so much later than it is, ms. */
  timeServersAheadMs: number;
}

export interface VirtualHostParts {
  readonly time: VirtualTime;
  readonly clock: MachineClock;
  readonly random: SeededRandom;
  readonly link: VirtualLink;
  readonly disk: VirtualDisk;
  readonly troubles: HostTroubles;
  readonly hasBatteryClock: boolean;
  /** When the machine was switched on, world time. */
  readonly bootedAt: number;
  readonly isAlive: () => boolean;
}

/** A clock that follows its server has little to say; one that looks for it is asked more often. */
const LOOK_SYNCED_MS = 120_000;
const LOOK_FREE_MS = 10_000;
/** While all is as it was, it is said this often; a free clock may be stepped without a word. */
const REPEAT_SYNCED_MS = 600_000;
const REPEAT_FREE_MS = 60_000;
const FIRST_REPORT_MS = 20;
/** From the start of the machine to the first answer of a time server. */
const FIRST_SYNC_MS = 15_000;
/** How far a synced clock may be off. */
const SYNC_ERROR_MS = 8;
const FREE_DISK_BYTES = 8e9;

/** Follows the time servers while it reaches them, and sets the machine's wall clock. */
export function createVirtualHost(parts: VirtualHostParts): Host {
  const { time, clock, random, link, disk, troubles, hasBatteryClock, isAlive } = parts;
  const listeners: ((report: HostReport) => void)[] = [];
  let errorMs: number | null = null;
  let lastReport: HostReport | null = null;
  let reportedAt = 0;
  const look = () => {
    if (!isAlive()) return;
    const isSynced =
      time.now() - parts.bootedAt >= FIRST_SYNC_MS && link.cut === "none" && !troubles.areTimeServersSilent;
    // The way to a time server is off by the same amount for a long while: drawn anew after every loss of it.
    errorMs = isSynced ? (errorMs ?? random.between(-SYNC_ERROR_MS, SYNC_ERROR_MS)) : null;
    if (errorMs !== null) clock.setWall(time.instantAt(time.now() + errorMs + troubles.timeServersAheadMs));
    const report: HostReport = {
      clock: isSynced ? "synced" : hasBatteryClock ? "rtc" : "free",
      clockErrorMs: isSynced ? SYNC_ERROR_MS : null,
      freeDiskBytes: disk.failure === "disk-full" ? 0 : FREE_DISK_BYTES,
    };
    time.after(isSynced ? LOOK_SYNCED_MS : LOOK_FREE_MS, look);
    const isOld = time.now() - reportedAt >= (isSynced ? REPEAT_SYNCED_MS : REPEAT_FREE_MS);
    if (!isOld && lastReport !== null && isSame(report, lastReport)) return;
    lastReport = report;
    reportedAt = time.now();
    for (const listener of listeners) listener(report);
  };
  time.after(FIRST_REPORT_MS, look);
  return { onReport: (listener) => void listeners.push(listener) };
}

function isSame(a: HostReport, b: HostReport): boolean {
  return a.clock === b.clock && a.clockErrorMs === b.clockErrorMs && a.freeDiskBytes === b.freeDiskBytes;
}
