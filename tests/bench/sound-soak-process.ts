import { readdirSync } from "node:fs";
import type { SoundReport } from "@loa/edge-agent/ports.ts";
import { createEngine } from "@loa/edge-agent/sound/engine.ts";
import { loadNotices } from "@loa/edge-agent/sound/notice.ts";
import { NO_INPUTS, openSource } from "@loa/edge-agent/sound/open-source.ts";
import type { PcmSource } from "@loa/edge-agent/sound/pcm-source.ts";
import { createRingBufferSink } from "@loa/edge-agent/sound/sinks/ring-buffer.ts";
import { createSoundMemory } from "@loa/edge-agent/sound/sound-memory.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { plainRequest } from "../support/sound-world.ts";
import { createTestClock } from "../support/test-clock.ts";
import { residentMb } from "./process-figures.ts";

export const HOURS = 24;
export const CLIP_MS = 60_000;
const BLOCK_MS = 20;
const HOUR_MS = 3_600_000;
/** As long before the end of a clip as the agent hands over the next one. */
const AHEAD_MS = 2_500;
const SIREN_MS = 10_000;
const BLOCKS_A_BREATH = 50;

const quiet = { info() {}, warn() {}, error() {} };

export const day = z.object({
  /** At the end of each hour. */
  residentMb: z.array(z.number()),
  handlesBefore: z.number(),
  handlesAfter: z.number(),
  missingMs: z.number(),
});
type Day = z.infer<typeof day>;

/**
 * A day of programmes as fast as the machine allows: the real engine and real decoders on a clock that waits for nobody
 * but the decoders. Clip joins clip; every hour an emergency interrupts one, which goes on afterwards. Runs in a process
 * with the engine's own settings: V8 lets a heap grow where nothing holds it.
 */

export async function playDay(ffmpegPath: string, clipPath: string): Promise<Day> {
  const clock = createTestClock();
  const reports: SoundReport[] = [];
  const open = new Set<PcmSource>();
  const notices = loadNotices({ ffmpegPath, log: quiet });
  const engine = createEngine({
    sink: createRingBufferSink({ clock, seconds: 1 }),
    clock,
    log: quiet,
    memory: createSoundMemory(notices),
    openSource(source, request) {
      const opened = openSource(source, request, {
        clipPath,
        channels: 1,
        inputs: NO_INPUTS,
        ffmpegPath,
        clock,
        hearsAt: () => clock.monotonic(),
        log: quiet,
      });
      open.add(opened);
      return opened;
    },
    onReport: (report) => reports.push(report),
  });
  const startAt = clock.monotonic();
  const resident: number[] = [];
  let clips = 0;
  let playedMs = 0;
  /** What comes after an interruption begins so much later. */
  let shiftMs = 0;
  let handlesBefore = 0;
  let interrupted: { readonly clip: string; readonly until: number } | null = null;

  for (let block = 0; block < (HOURS * HOUR_MS) / BLOCK_MS; block += 1) {
    const passed = block * BLOCK_MS;
    const nextMs = clips * CLIP_MS + shiftMs;
    if (passed + AHEAD_MS >= nextMs && nextMs + CLIP_MS < HOURS * HOUR_MS) {
      const after = clips === 0 ? null : `clip-${clips - 1}`;
      const at = asMonotonic(startAt + AHEAD_MS + nextMs);
      const source = { kind: "clip", sha256: sha256.parse("0".repeat(64)) } as const;
      engine.play({ ...plainRequest, soundId: `clip-${clips}`, source, startAt: at, after });
      clips += 1;
    }
    if (passed % HOUR_MS === HOUR_MS / 2) {
      const clip = Math.floor((passed - AHEAD_MS - shiftMs) / CLIP_MS);
      interrupted = { clip: `clip-${clip}`, until: passed + SIREN_MS };
      shiftMs += SIREN_MS;
      engine.pause(interrupted.clip, 50);
      const source = { kind: "siren", severity: "exercise", durationMs: SIREN_MS } as const;
      const rung = "emergency-exercise";
      engine.play({ ...plainRequest, soundId: `siren-${passed}`, source, rung, startAt: clock.monotonic() });
    }
    if (interrupted?.until === passed) engine.resume(interrupted.clip, 50);
    await decodersAreReady(open, block);
    engine.tick();
    clock.pass(BLOCK_MS);
    if (passed % HOUR_MS === HOUR_MS - BLOCK_MS) resident.push(residentMb(process.pid));
    if (passed === HOUR_MS) handlesBefore = handles();
    for (const report of reports.splice(0))
      if (report.kind === "ended" && report.soundId.startsWith("clip")) playedMs += report.playedMs;
  }
  await engine.close();
  return {
    residentMb: resident,
    handlesBefore,
    handlesAfter: handles(),
    missingMs: Math.round(clips * CLIP_MS - playedMs),
  };
}

/** The clock stands still until whoever has to give samples has some. */
async function decodersAreReady(open: Set<PcmSource>, block: number): Promise<void> {
  for (const source of open) if (source.outcome !== null && source.available === 0) open.delete(source);
  if (block % BLOCKS_A_BREATH === 0) await breath();
  while ([...open].some((source) => source.outcome === null && source.available < 960)) await breath();
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function handles(): number {
  return readdirSync("/proc/self/fd").length;
}

const [ffmpegPath, clipPath] = process.argv.slice(2);
if (import.meta.main && ffmpegPath !== undefined && clipPath !== undefined)
  process.stdout.write(JSON.stringify(await playDay(ffmpegPath, clipPath)));
