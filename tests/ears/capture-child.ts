// Listens to the line of a card as the engine does, until it is killed: `capture-child.ts <device>`. What it hears goes to
// its output as s16le, silence where nothing comes; whether it is lost, as a line on its error output.
import { openCapture } from "@loa/edge-agent/sound/capture/open-capture.ts";
import { BLOCK_FRAMES, BLOCK_MS } from "@loa/edge-agent/sound/format.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";

const [device = ""] = process.argv.slice(2);
const log = { info() {}, warn() {}, error() {} };
const source = openCapture({ device, channels: 1, clock: nodeClock, log });
const block = new Float32Array(BLOCK_FRAMES);
let wasLost = false;
let dueAt: number = nodeClock.monotonic();

setInterval(() => {
  const now = nodeClock.monotonic();
  source.watch(now);
  for (; dueAt <= now; dueAt += BLOCK_MS) {
    block.fill(0);
    source.read(block, 0, BLOCK_FRAMES);
    process.stdout.write(Buffer.from(Int16Array.from(block, (sample) => sample * 32_767).buffer));
  }
  const isLost = source.live?.isLost ?? true;
  if (isLost !== wasLost) process.stderr.write(isLost ? "lost\n" : "back\n");
  wasLost = isLost;
}, BLOCK_MS / 2);
