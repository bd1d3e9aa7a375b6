// The engine on a card, in a process of its own (libasound reads its configuration once): `card-engine-child.ts <setup>`.
// Commands come over the channel, reports go back over it. All times are machine time.
import type { PlayRequest } from "@loa/edge-agent/ports.ts";
import { startDecoder } from "@loa/edge-agent/sound/decoder.ts";
import { createEngine } from "@loa/edge-agent/sound/engine.ts";
import { loadNotices } from "@loa/edge-agent/sound/notice.ts";
import { linesOf, MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { failedSource } from "@loa/edge-agent/sound/pcm-source.ts";
import { machineClock } from "@loa/edge-agent/sound/process/machine-time.ts";
import { askForRealTime } from "@loa/edge-agent/sound/process/real-time.ts";
import { startTicker } from "@loa/edge-agent/sound/process/ticker.ts";
import { createAlsaSink } from "@loa/edge-agent/sound/sinks/alsa.ts";
import { createAplaySink } from "@loa/edge-agent/sound/sinks/aplay.ts";
import { createSoundMemory } from "@loa/edge-agent/sound/sound-memory.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import type { CardEngineCommand, CardEngineSetup } from "./card-engine.ts";

const setup: CardEngineSetup = JSON.parse(process.argv[2] ?? "");
const log = { info() {}, warn() {}, error() {} };
const layout = setup.lines === null ? MONO : linesOf(setup.lines);
const sinkOptions = { device: setup.device, clock: machineClock, channels: layout.outputs.length };
const notices = loadNotices({ ffmpegPath: setup.ffmpegPath, log });
const clips = new Map<string, string>();
await notices.ready;
const engine = createEngine({
  sink: setup.sink === "alsa" ? createAlsaSink(sinkOptions) : createAplaySink(sinkOptions),
  layout,
  clock: machineClock,
  log,
  memory: createSoundMemory(notices, 1),
  openSource: (source, request) =>
    open(source.kind === "clip" ? clips.get(source.sha256) : undefined, request),
  onReport: (report) => process.send?.({ report }),
});

function open(path: string | undefined, { offsetMs }: PlayRequest) {
  if (path === undefined) return failedSource("clip-missing");
  return startDecoder({ ffmpegPath: setup.ffmpegPath, path, offsetMs, channels: 1 });
}

// As the sound process of a box does: what others compute meanwhile is not heard.
await askForRealTime();

process.on("message", (command: CardEngineCommand) => {
  if (command.kind === "clip") clips.set(command.sha256, command.path);
  else if (command.kind === "play") engine.play(command.request);
  else if (command.kind === "stop") engine.stop(command.soundId, command.fadeMs);
  else if (command.kind === "cost") {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1_000, memoryBytes: process.memoryUsage.rss() });
  }
});
process.on("disconnect", () => process.exit(0));
startTicker(machineClock, nodeTimers, () => {
  engine.tick();
  return engine.tickMs;
});
process.send?.({ isReady: true });
