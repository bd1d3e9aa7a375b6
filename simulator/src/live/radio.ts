import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { demoMelody, melodyOf } from "./demo-melody.ts";

/** A radio station on loopback, as Icecast would serve one: mp3 without end, with a burst for those who come new. */
export interface Radio {
  /** The address of its stream. */
  readonly url: string;
  readonly isOnAir: boolean;
  /** Goes off the air (connections end and new ones are refused) or on again. */
  setOnAir(isOnAir: boolean): void;
  close(): Promise<void>;
}

const BITRATE_KBPS = 64;
/** Sound that a new listener gets at once; Icecast's default is 64 KB, 8 s of this. */
const BURST_BYTES = 64_000;
/** A listener who is this far behind is cut off. */
const MAX_HELD_BYTES = 512_000;

/**
 * One encoder for everybody; it plays the demo's own melodies round and round. Where the port is not free any more, it
 * takes another.
 */
export async function startRadio(ffmpegPath: string, wantedPort: number): Promise<Radio> {
  const listeners = new Set<ServerResponse>();
  const burst: Buffer[] = [];
  let burstBytes = 0;
  let isOnAir = true;

  function send(piece: Buffer): void {
    burst.push(piece);
    burstBytes += piece.length;
    while (burstBytes - (burst[0]?.length ?? 0) > BURST_BYTES) burstBytes -= burst.shift()?.length ?? 0;
    for (const listener of listeners) {
      if (listener.writableLength > MAX_HELD_BYTES) listener.destroy();
      else listener.write(piece);
    }
  }

  const encoder = startEncoder(ffmpegPath, send);
  const server = createServer((request, response) => {
    if (request.url !== "/dai-tinh.mp3") return void response.writeHead(404).end();
    if (!isOnAir) return void response.writeHead(503).end();
    response.writeHead(200, { "content-type": "audio/mpeg", "cache-control": "no-store" });
    for (const piece of burst) response.write(piece);
    listeners.add(response);
    response.on("close", () => listeners.delete(response));
  });
  await listen(server, wantedPort).catch(() => listen(server, 0));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}/dai-tinh.mp3`,
    get isOnAir() {
      return isOnAir;
    },
    setOnAir(wanted) {
      isOnAir = wanted;
      if (!wanted) for (const listener of listeners) listener.destroy();
    },
    async close() {
      for (const listener of listeners) listener.destroy();
      server.close();
      if (encoder.exitCode === null && encoder.signalCode === null) {
        encoder.kill("SIGKILL");
        await once(encoder, "exit");
      }
    },
  };
}

/** `once` rejects with the server's error. */
async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function startEncoder(ffmpegPath: string, onPiece: (piece: Buffer) => void): ChildProcess {
  const encoder = spawn(
    ffmpegPath,
    [
      ...["-nostdin", "-hide_banner", "-loglevel", "error"],
      // What is looped by a filter is not paced by its input.
      ...["-f", "wav", "-i", "pipe:0", "-af", "aloop=loop=-1:size=2147483647,arealtime"],
      ...["-c:a", "libmp3lame", "-b:a", `${BITRATE_KBPS}k`, "-f", "mp3", "pipe:1"],
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  encoder.stdout.on("data", onPiece);
  encoder.stdin.on("error", () => {});
  encoder.stdin.end(demoMelody(melodyOf.radio));
  return encoder;
}
