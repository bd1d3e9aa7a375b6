import { writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { machineNow } from "../ears/machine-time.ts";
import { openVirtualCard, openVirtualCards, type VirtualCard } from "../ears/virtual-card.ts";
import { findChirp } from "../golden-ear/find-chirp.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { withChirps, writeWav } from "../golden-ear/make-audio.ts";
import { chirpOffsets } from "../golden-ear/offset.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { type OwnProcess, startProgram } from "../support/own-process.ts";
import { systemPart } from "../support/system-part.ts";
import { temporaryFolder } from "../support/temp-folder.ts";

/** Figures of several measurements of the same thing, ms. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** Of absolute values where signs mean only which of two was first. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? Number.NaN };
}

const START_LIMIT_MS = 20_000;

/**
 * Snapcast: one server, two clients on two cards whose crystals are `ppmApart` apart; how far the two loudspeakers are
 * from each other (absolute, ms), a measurement every half second for `seconds` after `settleSeconds`. Null without
 * snapserver, snapclient or a card.
 */
export async function snapcastOffset(options: {
  readonly seconds: number;
  readonly ppmApart: number;
  readonly settleSeconds?: number;
}): Promise<Spread | null> {
  const server = systemPart("snapserver");
  const client = systemPart("snapclient");
  if (server === null || client === null || !hasCard()) return null;
  const { seconds, ppmApart, settleSeconds = 5 } = options;
  await using folder = await temporaryFolder();
  const cards = await openVirtualCards([-ppmApart / 2, ppmApart / 2].map((ppm) => ({ ppm, channels: 2 })));
  const port = await freePort();
  const everyHalfSecond = Array.from(
    { length: 2 * (seconds + settleSeconds) + 40 },
    (_, index) => index * 500,
  );
  await writeStereo(
    join(folder.path, "chirps.raw"),
    withChirps(everyHalfSecond.length * 500, everyHalfSecond),
  );
  const configPath = join(folder.path, "snapserver.conf");
  await writeFile(configPath, snapserverConfig(folder.path, port, await freePort(), await freePort()));
  const serving = startProgram(server.path, { args: ["-c", configPath] });
  const clients = cards.map((card, index) =>
    startProgram(client.path, {
      args: [
        "-h",
        "127.0.0.1",
        "-p",
        `${port}`,
        "-s",
        card.device,
        "--hostID",
        `loa-${index}`,
        "-i",
        `${index + 1}`,
      ],
      env: card.env,
    }),
  );
  try {
    const startedAt = Math.max(
      ...(await Promise.all(cards.map((card, index) => firstStart(card, clients[index])))),
    );
    const part = {
      fromAt: startedAt + settleSeconds * 1_000,
      toAt: startedAt + (settleSeconds + seconds) * 1_000,
    };
    await machineReaches(part.toAt + 500);
    const [first, second] = cards.map((card) => card.recording(part));
    if (first === undefined || second === undefined) return null;
    return spreadOf(chirpOffsets(first, second, 200).map((one) => Math.abs(one.offsetMs)));
  } finally {
    for (const one of [...clients, serving]) await one.kill();
    for (const card of cards) await card.close();
  }
}

/**
 * mpv, idle and told by its JSON IPC: from `loadfile` while another file plays to the first sample of the new one on the
 * recording, ms. It cuts (no mixing, no ramp). Null without mpv or a card.
 */
export async function mpvCutIn(times: number): Promise<Spread | null> {
  const mpv = systemPart("mpv");
  if (mpv === null || !hasCard()) return null;
  await using folder = await temporaryFolder();
  const card = await openVirtualCard();
  const { programme, siren } = writePrograms(folder.path);
  const socketPath = join(folder.path, "mpv.sock");
  const player = startProgram(mpv.path, {
    args: [
      ...["--no-config", "--no-video", "--no-terminal", "--idle=yes", "--ao=alsa"],
      ...[`--audio-device=alsa/${card.device}`, `--input-ipc-server=${socketPath}`],
    ],
    env: card.env,
  });
  try {
    const tell = await mpvConnection(socketPath);
    const latencies: number[] = [];
    for (let time = 0; time < times; time += 1) {
      tell(["loadfile", programme, "replace"]);
      await machineReaches(machineNow() + (time === 0 ? 1_500 : 700));
      const commandedAt = machineNow();
      tell(["loadfile", siren, "replace"]);
      latencies.push((await chirpAfter(card, commandedAt)) - commandedAt);
    }
    return spreadOf(latencies);
  } finally {
    await player.kill();
    await card.close();
  }
}

/**
 * ffmpeg straight to ALSA: the one that plays is ended by `signal` and a new one started with the new sound; from that
 * command to its first sample on the recording, ms. On SIGTERM ffmpeg plays its buffer to the end. Null without ffmpeg
 * or a card.
 */
export async function ffmpegCutIn(times: number, signal: "SIGKILL" | "SIGTERM"): Promise<Spread | null> {
  const ffmpeg = systemPart("ffmpeg");
  if (ffmpeg === null || !hasCard()) return null;
  await using folder = await temporaryFolder();
  const card = await openVirtualCard();
  const { programme, siren } = writePrograms(folder.path);
  const play = (path: string) =>
    startProgram(ffmpeg.path, {
      args: ["-nostdin", "-loglevel", "error", "-i", path, "-f", "alsa", card.device],
      env: card.env,
    });
  const latencies: number[] = [];
  let playing: OwnProcess | null = null;
  try {
    for (let time = 0; time < times; time += 1) {
      const from = machineNow();
      playing = play(programme);
      await machineReaches((await startAfter(card, from)) + 500);
      const commandedAt = machineNow();
      await playing.stop(signal);
      playing = play(siren);
      latencies.push((await chirpAfter(card, commandedAt)) - commandedAt);
      await playing.kill();
    }
    return spreadOf(latencies);
  } finally {
    await playing?.kill();
    await card.close();
  }
}

function hasCard(): boolean {
  return systemPart("gcc") !== null && systemPart("libasound2-dev") !== null;
}

/** A programme of noise, and a "siren" that an ear finds to the sample. */
function writePrograms(folder: string): { readonly programme: string; readonly siren: string } {
  const programme = join(folder, "programme.wav");
  const siren = join(folder, "siren.wav");
  writeWav(programme, knownNoise(30_000));
  writeWav(siren, withChirps(1_000, [0]));
  return { programme, siren };
}

/** When the chirp is heard that begins after this; an ear needs all of it. */
function chirpAfter(card: VirtualCard, at: number): Promise<number> {
  return eventually(
    "the new sound is heard",
    START_LIMIT_MS,
    () => findChirp(card.recording({ fromAt: at }))?.at ?? null,
  );
}

function startAfter(card: VirtualCard, at: number): Promise<number> {
  return eventually("the card is started", START_LIMIT_MS, () => {
    return card.events().find((one) => one.kind === "start" && one.at > at)?.at ?? null;
  });
}

function firstStart(card: VirtualCard, player: OwnProcess | undefined): Promise<number> {
  return eventually("the player starts the card", START_LIMIT_MS, () => {
    if (player?.isRunning() === false) throw new Error(`it ended and said:\n${player.output()}`);
    return card.events().find((one) => one.kind === "start")?.at ?? null;
  });
}

function machineReaches(at: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, at - machineNow())));
}

async function mpvConnection(socketPath: string): Promise<(command: readonly string[]) => void> {
  const socket = await eventually("mpv listens", START_LIMIT_MS, () => connected(socketPath));
  // Answers and events are not needed, but must be taken.
  socket.resume();
  return (command) => void socket.write(`${JSON.stringify({ command })}\n`);
}

function connected(socketPath: string): Promise<ReturnType<typeof createConnection> | null> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

async function writeStereo(path: string, mono: Float64Array): Promise<void> {
  const bytes = Buffer.alloc(mono.length * 4);
  mono.forEach((sample, index) => {
    const value = Math.round(sample * 32_767);
    bytes.writeInt16LE(value, index * 4);
    bytes.writeInt16LE(value, index * 4 + 2);
  });
  await writeFile(path, bytes);
}

function snapserverConfig(folder: string, port: number, tcpPort: number, httpPort: number): string {
  return `
[server]
datadir = ${folder}
[http]
enabled = false
port = ${httpPort}
[tcp]
enabled = false
port = ${tcpPort}
[stream]
bind_to_address = 127.0.0.1
port = ${port}
source = file://${folder}/chirps.raw?name=chirps&sampleformat=48000:16:2&codec=pcm
[logging]
filter = *:warning
`;
}
