// Plays a WAV file, then silence, through our own ALSA sink: `sink-child.ts <device> <wav> [bufferMs]`. It says, a line of
// JSON each, when the file's first sample is heard according to the sink, every underrun, and how the card failed.
// Where a card fails it opens it again, until it is killed.
import { readFileSync } from "node:fs";
import { BLOCK_FRAMES } from "@loa/edge-agent/sound/format.ts";
import type { SoundSink } from "@loa/edge-agent/sound/sink.ts";
import { createAlsaSink } from "@loa/edge-agent/sound/sinks/alsa.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { wavSamples } from "../golden-ear/recording.ts";
import { machineOffsetMs } from "./machine-time.ts";
import type { SinkSaying } from "./sink-saying.ts";

/** Shorter than a block, so that a late tick is made good by the next one. */
const TICK_MS = 10;

const [device = "", wavPath = "", bufferMs = "200"] = process.argv.slice(2);
const sink = createAlsaSink({ device, clock: nodeClock, bufferMs: Number(bufferMs) });
const samples = wavSamples(readFileSync(wavPath)).interleaved;
let written = 0;
let underruns = 0;
let isOpen = false;

setInterval(() => {
  const answer = isOpen ? fill(sink) : sink.open();
  if (answer.ok && !isOpen) say({ kind: "opened" });
  if (!answer.ok) {
    say({ kind: isOpen ? "failed" : "refused", failure: answer.error });
    sink.close();
  }
  isOpen = answer.ok;
}, TICK_MS);

function fill(card: SoundSink): ReturnType<SoundSink["poll"]> {
  const polled = card.poll();
  if (!polled.ok) return polled;
  if (card.underruns > underruns) say({ kind: "underrun", underruns: card.underruns });
  underruns = card.underruns;
  while (card.roomFrames >= BLOCK_FRAMES) {
    const block = new Int16Array(BLOCK_FRAMES);
    block.set(samples.subarray(written, written + BLOCK_FRAMES));
    const heardAt = card.nextHeardAt + machineOffsetMs();
    // While the buffer is filled for the first time nothing runs: only then does the sink know.
    if (written % (10 * BLOCK_FRAMES) === 0) say({ kind: "writes", sample: written, heardAt });
    const answer = card.write(block);
    if (!answer.ok) return answer;
    written += BLOCK_FRAMES;
  }
  return polled;
}

function say(saying: SinkSaying): void {
  process.stdout.write(`${JSON.stringify(saying)}\n`);
}
