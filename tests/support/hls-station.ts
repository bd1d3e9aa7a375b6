import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { temporaryFolder } from "./temp-folder.ts";

export type SegmentKind = "mpegts" | "fmp4" | "aac";

export interface HlsStationOptions {
  readonly ffmpegPath: string;
  /** What it sends. */
  readonly wavPath: string;
  readonly kind: SegmentKind;
  readonly windowSegments: number;
  readonly clock: Clock;
  /** Says when each segment was captured. */
  readonly saysTimes?: boolean;
}

/** A radio station of segments: it has been on air for as long as its window when it starts. */
export interface HlsStation extends ScriptedServer {
  /** When the first sample was captured, on the clock of the station. */
  readonly beganAt: number;
}

/** 90 AAC frames of 48 kHz, to the sample. */
const SEGMENT_MS = 1_920;

export async function startHlsStation(options: HlsStationOptions): Promise<HlsStation> {
  const { clock, kind, windowSegments } = options;
  const folder = await temporaryFolder();
  makeSegments(options, folder.path);
  const files = new Map(
    readdirSync(folder.path).map((name) => [`/${name}`, readFileSync(join(folder.path, name))]),
  );
  await folder.remove();
  const count = [...files.keys()].filter((name) => /\/s\d+\./.test(name)).length;
  const beganAt = clock.monotonic() - windowSegments * SEGMENT_MS;
  const wallMs = clock.now() - windowSegments * SEGMENT_MS;
  const scripted = await startScriptedServer();
  scripted.answer = (request, response) => {
    const path = request.url ?? "";
    const file = path === "/live.m3u8" ? Buffer.from(playlist()) : files.get(path);
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": file.length }).end(file);
  };

  function playlist(): string {
    const newest = Math.min(count, Math.floor((clock.monotonic() - beganAt) / SEGMENT_MS));
    const oldest = Math.max(0, newest - windowSegments);
    const lines = [
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      "#EXT-X-TARGETDURATION:2",
      `#EXT-X-MEDIA-SEQUENCE:${oldest}`,
    ];
    if (kind === "fmp4") lines.push('#EXT-X-MAP:URI="init.mp4"');
    for (let index = oldest; index < newest; index += 1) {
      const capturedAt = new Date(wallMs + index * SEGMENT_MS).toISOString();
      if (options.saysTimes === true) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${capturedAt}`);
      lines.push("#EXTINF:1.920,", `s${index}.${endings[kind]}`);
    }
    return `${lines.join("\n")}\n`;
  }

  return Object.assign(scripted, { beganAt, url: `${scripted.url}/live.m3u8` });
}

const endings = { mpegts: "ts", fmp4: "m4s", aac: "aac" } as const satisfies Record<SegmentKind, string>;

function makeSegments({ ffmpegPath, kind, wavPath }: HlsStationOptions, folder: string): void {
  const hls = ["-f", "hls", "-hls_time", "1.92", "-hls_list_size", "0"];
  const muxers = {
    mpegts: [...hls, "-hls_segment_filename", join(folder, "s%d.ts"), join(folder, "all.m3u8")],
    fmp4: [
      ...[...hls, "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4"],
      ...["-hls_segment_filename", join(folder, "s%d.m4s"), join(folder, "all.m3u8")],
    ],
    aac: ["-f", "segment", "-segment_time", "1.92", "-segment_format", "adts", join(folder, "s%d.aac")],
  } as const satisfies Record<SegmentKind, readonly string[]>;
  const encoder = ["-c:a", "aac", "-b:a", "64k", "-ar", "48000"];
  const words = ["-v", "error", "-nostdin", "-i", wavPath, ...encoder, ...muxers[kind]];
  const done = spawnSync(ffmpegPath, words, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`no segments: ${done.stderr}`);
}
