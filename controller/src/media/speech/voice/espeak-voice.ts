import { type ChildProcess, fork } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { setPriority } from "node:os";
import { join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { ReceivedFile } from "../../../uploads.ts";
import { createJobQueue } from "../../job-queue.ts";
import { NICENESS } from "../../media-limits.ts";
import { MAX_WAITING_TEXTS, SPEAK_LIMIT_MS } from "../speech-limits.ts";
import type { SpeechWish, Voice, VoiceFailure } from "../voice-port.ts";
import { type VoiceWork, voiceDone } from "./voice-work.ts";

export interface EspeakOptions {
  /** Emptied at the start: a crash leaves half a text there. */
  readonly folder: string;
  readonly log: Log;
  /** Longest that one text may take. */
  readonly limitMs?: number;
}

/** Memory: 32 MB of its own, fixed when it was built, and what Node needs around it (170 MB in all, measured). */
const NODE_FLAGS = ["--max-old-space-size=64", "--no-wasm-tier-up"];

/** Speaks one text after the other, each in a process that ends with it. `close` ends the one under way. */
export function createEspeakVoice({
  folder,
  log,
  limitMs = SPEAK_LIMIT_MS,
}: EspeakOptions): Voice & { close(): Promise<void> } {
  const turns = createJobQueue(MAX_WAITING_TEXTS);
  const stop = new AbortController();
  const isReady = rm(folder, { recursive: true, force: true }).then(() => mkdir(folder, { recursive: true }));
  let texts = 0;

  async function speakNow(wish: SpeechWish): Promise<Result<ReceivedFile, VoiceFailure>> {
    await isReady;
    texts += 1;
    const path = join(folder, `${texts}.wav`);
    const remove = () => rm(path, { force: true });
    const { chars, ...told } = { chars: wish.text.length, dialect: wish.dialect, rate: wish.rate };
    const sizeBytes = stop.signal.aborted
      ? null
      : await inOwnProcess({ ...wish, path }, stop.signal, limitMs);
    if (sizeBytes === null) {
      await remove();
      log.warn("speech.failed", { chars, ...told });
      return fail("failed");
    }
    log.info("speech.made", { chars, sizeBytes, ...told });
    return ok({ path, sizeBytes, remove });
  }

  return {
    speak: async (wish) => (await turns.add(() => speakNow(wish))) ?? fail("busy"),
    async close() {
      stop.abort();
      await turns.idle();
    },
  };
}

/** The size of what it has written; null where it did not, or not in time. The process is no more then. */
async function inOwnProcess(work: VoiceWork, stop: AbortSignal, limitMs: number): Promise<number | null> {
  const child = fork(new URL("./main.ts", import.meta.url), [], {
    execArgv: NODE_FLAGS,
    // Nothing of ours is its business, secrets of the environment least.
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const kill = () => void child.kill("SIGKILL");
  const timer = setTimeout(kill, limitMs);
  stop.addEventListener("abort", kill);
  let sizeBytes: number | null = null;
  child.once("message", (message) => {
    const done = voiceDone.safeParse(message);
    if (done.success) sizeBytes = done.data.sizeBytes;
  });
  yieldToOthers(child);
  // By message: what stands on a command line everybody on the machine may read.
  child.send(work, () => undefined);
  await gone;
  clearTimeout(timer);
  stop.removeEventListener("abort", kill);
  return sizeBytes;
}

function yieldToOthers({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICENESS);
  } catch {
    // ESRCH: it has ended by itself.
  }
}
