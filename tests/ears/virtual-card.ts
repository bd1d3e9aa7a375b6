import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Recording } from "../golden-ear/recording.ts";
import { type CardControl, createCardControl } from "./card-control.ts";
import { cardPlugin } from "./card-plugin.ts";
import { type CardEvent, type CardTime, type HeardPart, readEvents, readHeard } from "./card-recording.ts";
import { machineNow } from "./machine-time.ts";

export interface VirtualCardOptions {
  /** How much too fast its crystal is, parts per million. */
  readonly ppm?: number;
  readonly channels?: number;
  /** The largest buffer that it offers, frames; 2.7 s unless told, as many USB cards have. */
  readonly bufferLimit?: number;
  /** 16-bit WAV of the card's rate that comes in on its line, once, from the moment the card is there. */
  readonly captureWav?: string;
  /** Not plugged in until `comeBack`: what was one card may come back as another. */
  readonly isAbsent?: boolean;
}

/** A sound card that exists only in this folder. All times are machine time (`machineNow`). */
export interface VirtualCard {
  /** As in `aplay -D` and `createAlsaSink`; `alsa:` before it where our configuration wants it. */
  readonly device: string;
  /** For the process that is to play: libasound reads it once, when it is loaded. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * What was heard since the card is there, all channels mixed or one of them, silence where nobody played. The last
   * 50 ms are left out: a busy machine may still be writing them. Its `sampleRateHz` is the true one, ppm included.
   */
  recording(part?: HeardPart): Recording;
  /** The same on the wall clock (ms since 1970), by the wall clock's reading when the card was opened. */
  recordingByWallClock(part?: HeardPart): Recording;
  events(): readonly CardEvent[];
  /** Pulls the plug: who has it open gets ENODEV, and so does who opens it. */
  makeVanish(): void;
  comeBack(): void;
  /** Stands still: no sound, no progress, then it goes on with what it has. */
  stallFor(durationMs: number): void;
  /** Every start ends in an underrun at once. */
  underrunFor(durationMs: number): void;
  /** From now on this comes in on the line (16-bit WAV of the card's rate), then silence. */
  playLine(wavPath: string): void;
  close(): Promise<void>;
}

const SAMPLE_RATE_HZ = 48_000;
const BUFFER_LIMIT_FRAMES = 131_072;

export async function openVirtualCard(options: VirtualCardOptions = {}): Promise<VirtualCard> {
  const [card] = await openVirtualCards([options]);
  if (card === undefined) throw new Error("no card");
  return card;
}

/** Cards that one process can open beside each other; ALSA's `default` is the first. They live until each is closed. */
export async function openVirtualCards(
  wanted: readonly VirtualCardOptions[],
): Promise<readonly VirtualCard[]> {
  const plugin = await cardPlugin();
  const folder = await mkdtemp(join(tmpdir(), "loa-card-"));
  const configPath = join(folder, "alsa.conf");
  const zeroNs = process.hrtime.bigint();
  const wallMinusMachineMs = Date.now() - machineNow();
  const cards = await Promise.all(wanted.map((options, index) => makeCard(options, index, folder, zeroNs)));
  const first = cards[0]?.device ?? "null";
  await writeFile(
    configPath,
    [
      "</usr/share/alsa/alsa.conf>",
      `pcm_type.loa_card { lib "${plugin}" }`,
      `pcm.!default { type plug slave.pcm "${first}_hw" }`,
      ...cards.map((card) => card.configuration),
    ].join("\n"),
  );
  let openCards = cards.length;
  const closeOne = async () => {
    openCards -= 1;
    if (openCards === 0) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  const env = { ALSA_CONFIG_PATH: configPath };
  return cards.map((card) => virtualCard(card, { env, wallMinusMachineMs, close: closeOne }));
}

interface MadeCard {
  readonly device: string;
  readonly folder: string;
  readonly time: CardTime;
  readonly control: CardControl;
  readonly configuration: string;
}

async function makeCard(
  options: VirtualCardOptions,
  index: number,
  parent: string,
  zeroNs: bigint,
): Promise<MadeCard> {
  const { ppm = 0, channels = 1, bufferLimit = BUFFER_LIMIT_FRAMES } = options;
  const folder = await mkdtemp(join(parent, "card-"));
  // Names are short and of one kind of letters: ALSA's names are not to be quoted everywhere.
  const device = `loa_${parent.slice(-6).toLowerCase()}_${index}`;
  const time = {
    zeroAt: Number(zeroNs) / 1e6,
    rateHz: SAMPLE_RATE_HZ * (1 + ppm / 1e6),
    nominalRateHz: SAMPLE_RATE_HZ,
    channels,
  };
  const control = createCardControl(folder, time);
  control.create(options.captureWav ?? null);
  if (options.isAbsent === true) control.makeVanish();
  await writeFile(join(folder, "card.json"), JSON.stringify({ ...time, ppm, wallZeroAt: Date.now() }));
  const configuration = `
pcm.${device}_hw {
  type loa_card
  folder "${folder}"
  zero_ns "${zeroNs}"
  rate_hz ${SAMPLE_RATE_HZ}
  channels ${channels}
  buffer_frames ${bufferLimit}
  ppm ${ppm.toFixed(6)}
}
pcm.${device} {
  type plug
  slave.pcm "${device}_hw"
  hint { show on description "Loa's virtual card" }
}`;
  return { device, folder, time, control, configuration };
}

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly wallMinusMachineMs: number;
  readonly close: () => Promise<void>;
}

function virtualCard(made: MadeCard, { env, wallMinusMachineMs, close }: Surroundings): VirtualCard {
  const { device, folder, time, control } = made;
  const recording = (part: HeardPart = {}) => readHeard(folder, time, part);
  let isClosed = false;
  return {
    device,
    env,
    recording,
    recordingByWallClock(part = {}) {
      const heard = recording(part);
      return { ...heard, firstSampleAt: heard.firstSampleAt + wallMinusMachineMs };
    },
    events: () => readEvents(folder, time),
    makeVanish: control.makeVanish,
    comeBack: control.comeBack,
    stallFor: control.stallFor,
    underrunFor: control.underrunFor,
    playLine: control.playLine,
    async close() {
      if (isClosed) return;
      isClosed = true;
      // Whoever still has it open must not go on writing into a folder that is being removed.
      control.makeVanish();
      await close();
    },
  };
}
