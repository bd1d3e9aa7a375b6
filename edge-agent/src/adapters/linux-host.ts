import { readdirSync, readFileSync, readlinkSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import type { Host, HostReport } from "../ports.ts";

const REPORT_EVERY_MS = 10_000;

/**
 * `kernel`: what adjtimex says. `trusted`: somebody else keeps this machine's clock right, as on a laptop. `nobody`:
 * the clock follows nobody, so only the controller's signed time is believed.
 */
export type ClockKeeper = "kernel" | "trusted" | "nobody";

export interface LinuxHostOptions {
  /** Where free space is looked at. */
  readonly folder: string;
  /** What is believed of the machine's clock. */
  readonly clock: ClockKeeper;
  readonly log: Log;
}

/** The machine under the agent. */
export function createLinuxHost(options: LinuxHostOptions): Host & { close(): void } {
  const readClock = clockReader(options);
  const listeners: ((report: HostReport) => void)[] = [];
  const report = () => {
    const reading = { ...readClock(), freeDiskBytes: freeBytesOf(options.folder) };
    for (const listener of listeners) listener(reading);
  };
  const first = setTimeout(report, 0);
  const timer = setInterval(report, REPORT_EVERY_MS);
  return {
    onReport(listener) {
      listeners.push(listener);
    },
    close() {
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}

/** A medium that does not even answer has no room: that is a fault to show, not one to stop for. */
function freeBytesOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** A number that differs after every boot of the machine (proc(5)). */
export function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown";
  }
}

/**
 * Differs from one board to the next and does not lie on the card, so that a copied card shows. A modem on USB is no part
 * of the board, and some have another address at every start. Undefined where the board does not tell.
 */
export function readMachine(): string | undefined {
  const told = textOf("/sys/firmware/devicetree/base/serial-number") ?? fixedAddresses();
  return told === null ? undefined : nodeCrypto.sha256Hex(`machine ${told}`).slice(0, 16);
}

function fixedAddresses(): string | null {
  const root = "/sys/class/net";
  try {
    const fixed = readdirSync(root).flatMap((name) => {
      const bus = linkedTo(`${root}/${name}/device/subsystem`);
      return bus === null || bus.endsWith("/usb") ? [] : [textOf(`${root}/${name}/address`) ?? ""];
    });
    return fixed.length === 0 ? null : fixed.sort().join(" ");
  } catch {
    return null;
  }
}

function linkedTo(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8").replace(/\0/g, "").trim() || null;
  } catch {
    return null;
  }
}

function clockReader({ clock, log }: LinuxHostOptions): () => ClockReading {
  if (clock === "kernel") return kernelClock(log);
  return () => ({ clock: clock === "trusted" ? "synced" : "free", clockErrorMs: null });
}

type ClockReading = Pick<HostReport, "clock" | "clockErrorMs">;

/** adjtimex(2): result 5, TIME_ERROR, is a clock that follows nobody; `esterror` is in microseconds. */
const TIME_ERROR = 5;
/** `struct timex` of 64-bit Linux: modes, offset, freq, maxerror, esterror (long at byte 32), status … */
const TIMEX_BYTES = 208;
const ESTERROR_OFFSET = 32;

function kernelClock(log: Log): () => ClockReading {
  let adjtimex: (timex: Uint8Array) => number;
  try {
    // Only who asks the kernel pays for the way to it.
    const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
    const call = koffi.load("libc.so.6").func("int adjtimex(void *buf)");
    adjtimex = (timex) => Number(call(timex));
  } catch {
    log.warn("clock.unreadable");
    return () => ({ clock: "free", clockErrorMs: null });
  }
  return () => {
    const timex = Buffer.alloc(TIMEX_BYTES);
    const state = adjtimex(timex);
    if (state >= 0 && state !== TIME_ERROR) {
      return { clock: "synced", clockErrorMs: Number(timex.readBigInt64LE(ESTERROR_OFFSET)) / 1_000 };
    }
    return { clock: hasBatteryClock() ? "rtc" : "free", clockErrorMs: null };
  };
}

/** The kernel took its time from a battery clock at boot (Documentation/ABI/testing/sysfs-class-rtc). */
function hasBatteryClock(): boolean {
  try {
    return readFileSync("/sys/class/rtc/rtc0/hctosys", "utf8").trim() === "1";
  } catch {
    return false;
  }
}
