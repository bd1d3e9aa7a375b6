import { writeFileSync } from "node:fs";
import runEspeak from "espeak-ng";
import type { Dialect } from "../dialect.ts";
import { MAX_SPEECH_BYTES } from "../speech-limits.ts";
import { type VoiceDone, type VoiceWork, voiceWork } from "./voice-work.ts";

/**
 * A program of its own that speaks one text and ends. eSpeak NG is under the GPL 3: it is run here and linked into
 * nothing else of ours, and its 18 MB and what it needs besides are gone with the process.
 */

const voices = {
  north: "vi",
  central: "vi-vn-x-central",
  south: "vi-vn-x-south",
} as const satisfies Record<Dialect, string>;

/** Between words, units of 10 ms: horns echo. The notices that are built into boxes have the same. */
const WORD_GAP = 4;
/** At the default of 100 its peaks are cut off (measured: 0.0 dBTP); at this they keep 2 to 4 dB. */
const AMPLITUDE = 60;

const TEXT = "text.txt";
const AUDIO = "audio.wav";

// One message a process; whoever asked and went away is not waited for.
process.once("message", (message) => void answer(voiceWork.parse(message)));
process.once("disconnect", () => process.exit(1));

async function answer(work: VoiceWork): Promise<void> {
  const audio = await speak(work);
  if (audio.length > MAX_SPEECH_BYTES) return process.exit(1);
  writeFileSync(work.path, audio, { flag: "wx", mode: 0o600 });
  const done: VoiceDone = { sizeBytes: audio.length };
  process.send?.(done, () => process.exit(0));
}

async function speak({ text, dialect, rate }: VoiceWork): Promise<Uint8Array> {
  const silent = () => undefined;
  const run = await runEspeak({
    // -b 1: the text is UTF-8.
    arguments: [
      ...["-v", voices[dialect], "-s", String(rate), "-g", String(WORD_GAP), "-a", String(AMPLITUDE)],
      ...["-b", "1", "-f", TEXT, "-w", AUDIO],
    ],
    preRun: [({ FS }) => FS.writeFile(TEXT, text)],
    print: silent,
    printErr: silent,
  });
  return run.FS.readFile(AUDIO);
}
