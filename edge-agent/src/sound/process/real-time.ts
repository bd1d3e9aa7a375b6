import { existsSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import type { LibraryHandle } from "koffi";
import type { Privileges } from "./messages.ts";

/** As loa-agent.service allows it (LimitRTPRIO): above every ordinary program, below the kernel's own threads. */
const PRIORITY = 20;

// sched.h and sys/mman.h of Linux
const SCHED_RR = 2;
const SCHED_RESET_ON_FORK = 0x4000_0000;
const MLOCK_ONFAULT = 1;
const THIS_THREAD = 0;

/** Of util-linux, with which decoders give up what they inherit (`bounded-child.ts`). */
const GIVES_UP = ["/usr/bin/chrt", "/bin/chrt"];

/**
 * Asks the kernel for what a player needs: to run whenever it wants to (sched(7)), and to find its program in memory
 * rather than on the disk. Only the thread that mixes gets real time; a decoder has it until it is one, and then waits.
 * Where the kernel says no, or there is no such library, sound goes on without. Call it when everything is loaded.
 */
export async function askForRealTime(): Promise<Privileges> {
  // The threads of libuv come all at once when the first of them is wanted; later they would be real-time too.
  await stat("/");
  const libc = loadLibc();
  if (libc === null) return { scheduling: "normal", memory: "pageable" };
  // An int of its own is the whole `struct sched_param` of Linux.
  const schedule = libc.func("int sched_setscheduler(int pid, int policy, const void *param)");
  const policy = GIVES_UP.some(existsSync) ? SCHED_RR : SCHED_RR | SCHED_RESET_ON_FORK;
  const isRealTime = schedule(THIS_THREAD, policy, Int32Array.of(PRIORITY)) === 0;
  return {
    scheduling: isRealTime ? "real-time" : "normal",
    memory: lockProgram(libc) ? "locked" : "pageable",
  };
}

/**
 * Keeps those pages of the program and its libraries in memory that have been used. Not `mlockall`: V8 ends the
 * process when it cannot give pages of its heap back (madvise(2) refuses locked ones). The heap does not leave memory
 * where there is no swap (`MemorySwapMax=0` in loa-agent.service).
 */
function lockProgram(libc: LibraryHandle): boolean {
  const lock = libc.func("int mlock2(size_t address, size_t length, uint flags)");
  return programMappings().every(({ from, to }) => lock(from, to - from, MLOCK_ONFAULT) === 0);
}

interface Mapping {
  readonly from: number;
  readonly to: number;
}

/** Files that are mapped and not writable, out of `/proc/self/maps` (proc(5)); their inode is not 0. */
function programMappings(): readonly Mapping[] {
  const line = /^([0-9a-f]+)-([0-9a-f]+) r-[-x]p [0-9a-f]+ \S+ [1-9]\d* +\/.*$/gm;
  return [...readFileSync("/proc/self/maps", "utf8").matchAll(line)].map(([, from = "", to = ""]) => ({
    from: Number.parseInt(from, 16),
    to: Number.parseInt(to, 16),
  }));
}

/** koffi is loaded here and not above, so that nobody pays for it who only imports this file's neighbours. */
function loadLibc(): LibraryHandle | null {
  try {
    const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
    return koffi.load("libc.so.6");
  } catch {
    return null;
  }
}
