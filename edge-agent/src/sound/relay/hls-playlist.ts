import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { parse, setOptions, type types } from "hls-parser";

/** What we need of a playlist (RFC 8216), with every address made whole. */
export type HlsPlaylist =
  | { readonly kind: "master"; readonly media: URL }
  | {
      readonly kind: "media";
      readonly targetMs: number;
      /** Nothing will be added. */
      readonly isEnded: boolean;
      readonly segments: readonly HlsSegment[];
    };

export interface HlsSegment {
  readonly sequence: number;
  readonly part: HlsPart;
  readonly durationMs: number;
  /** What a decoder must read before the segment: fragmented MP4 (EXT-X-MAP). */
  readonly init: HlsPart | null;
  readonly isDiscontinuous: boolean;
  /** When its first sample was captured, milliseconds since 1970; null where the playlist does not say. */
  readonly wallMs: number | null;
}

export interface HlsPart {
  readonly url: URL;
  readonly range: { readonly offset: number; readonly length: number } | null;
}

/** A segment of a minute is a recording, not a stream. */
const SEGMENT_LIMIT_MS = 60_000;
const SHORTEST_TARGET_MS = 500;

// It takes what players take, says nothing to the console, and what we need is checked below.
setOptions({ strictMode: false, silent: true });

export function parseHls(text: string, from: URL): Result<HlsPlaylist, "wrong-format"> {
  if (!text.startsWith("#EXTM3U")) return fail("wrong-format");
  try {
    const playlist = parse(text);
    const read = isMaster(playlist) ? readMaster(playlist, from) : readMedia(playlist, from);
    return read === null ? fail("wrong-format") : ok(read);
  } catch {
    // The library throws whatever its parsing meets.
    return fail("wrong-format");
  }
}

type Parsed = types.MasterPlaylist | types.MediaPlaylist;

function isMaster(playlist: Parsed): playlist is types.MasterPlaylist {
  return playlist.isMasterPlaylist;
}

/** The cheapest way to the sound: a rendition of sound alone, or the variant of the lowest bandwidth. */
function readMaster({ variants }: types.MasterPlaylist, from: URL): HlsPlaylist | null {
  const usable = variants.filter((variant) => variant.isIFrameOnly !== true);
  const [cheapest] = usable.toSorted((one, other) => costOf(one) - costOf(other));
  if (cheapest === undefined) return null;
  const renditions = cheapest.audio.filter((one) => one.uri !== undefined);
  const rendition = renditions.find((one) => one.isDefault) ?? renditions[0];
  const uri = rendition?.uri ?? cheapest.uri;
  const media = URL.parse(uri, from.href);
  return media === null ? null : { kind: "master", media };
}

/** Pictures cost data and are thrown away, so whatever has none comes first. */
function costOf(variant: types.Variant): number {
  const hasPictures = variant.resolution !== undefined || /avc|hvc|hev|vp0?9|av01/.test(variant.codecs ?? "");
  return variant.bandwidth + (hasPictures && variant.audio.length === 0 ? 1e9 : 0);
}

function readMedia(playlist: types.MediaPlaylist, from: URL): HlsPlaylist | null {
  const segments: HlsSegment[] = [];
  let wallMs: number | null = null;
  for (const segment of playlist.segments) {
    const read = readSegment(segment, from, wallMs);
    if (read === null) return null;
    segments.push(read);
    wallMs = read.wallMs === null ? null : read.wallMs + read.durationMs;
  }
  const targetMs = playlist.targetDuration * 1_000;
  if (segments.length === 0 || !(targetMs >= 0 && targetMs <= SEGMENT_LIMIT_MS)) return null;
  return {
    kind: "media",
    targetMs: Math.max(SHORTEST_TARGET_MS, targetMs),
    isEnded: playlist.endlist,
    segments,
  };
}

/** Null when it cannot be used: no address, no length, or encrypted, which no public radio is. */
function readSegment(segment: types.Segment, from: URL, runningWallMs: number | null): HlsSegment | null {
  const durationMs = segment.duration * 1_000;
  const isClear = segment.key === undefined || segment.key === null || segment.key.method === "NONE";
  if (!isClear || !(durationMs > 0 && durationMs <= SEGMENT_LIMIT_MS)) return null;
  const part = partOf(segment.uri, segment.byterange, from);
  const init = segment.map ? partOf(segment.map.uri, segment.map.byterange, from) : null;
  if (part === null || (segment.map && init === null)) return null;
  const isDiscontinuous = segment.discontinuity === true;
  const saidMs = segment.programDateTime?.getTime() ?? null;
  return {
    sequence: segment.mediaSequenceNumber,
    part,
    durationMs,
    init,
    isDiscontinuous,
    wallMs: saidMs ?? (isDiscontinuous ? null : runningWallMs),
  };
}

function partOf(uri: string, range: types.Byterange | undefined, from: URL): HlsPart | null {
  const url = URL.parse(uri, from.href);
  return url === null ? null : { url, range: range ?? null };
}
