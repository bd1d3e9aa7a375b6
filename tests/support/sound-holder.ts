// An agent's loudspeaker side in a process of its own, to be killed: `sound-holder.ts <ffmpeg> <wav>`. It plays the file
// to nowhere and says the process ids of its engines as its log says them.
import { MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { engineStarter } from "@loa/edge-agent/sound/process/engine-child.ts";
import { createSupervisedSound } from "@loa/edge-agent/sound/process/supervisor.ts";
import type { LogFields } from "@loa/shared/kernel/ambient.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";

const [, , ffmpegPath = "", path = ""] = process.argv;

const say = (event: string, fields: LogFields = {}) => console.log(JSON.stringify({ event, ...fields }));
const sound = createSupervisedSound({
  setup: {
    sink: { kind: "none" },
    layout: MONO,
    ffmpegPath,
    inputs: { line: null, fm: null, microphone: null },
    wantsRealTime: false,
  },
  startEngine: engineStarter(process.env),
  clipPath: () => path,
  clock: nodeClock,
  timers: nodeTimers,
  log: { info: say, warn: say, error: say },
});
sound.onReport((report) => say(`sound.${report.kind}`));
sound.play({
  soundId: "clip",
  source: { kind: "clip", sha256: sha256.parse("0".repeat(64)) },
  rung: "scheduled",
  startAt: nodeClock.monotonic(),
  after: null,
  endAt: null,
  offsetMs: 0,
  gainDb: 0,
  fadeInMs: 0,
  duckDb: null,
  zones: null,
});
