import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { http, https } from "../../adapters/web-modules.ts";
import { fetchWhole, type WholeLimits } from "./fetch-whole.ts";
import { nextSegments } from "./hls-edge.ts";
import { type HlsPart, type HlsPlaylist, type HlsSegment, parseHls } from "./hls-playlist.ts";
import { createSegmentFeed } from "./segment-feed.ts";
import { waitFor } from "./wait-for.ts";
import { endOfFetch, type Way, type WayEnd, type WayEnvironment } from "./way.ts";
import { whileWanted } from "./while-wanted.ts";

/** A day of segments; parsing more would hold up the sound (30 ms for this on a PC). */
const PLAYLIST_LIMITS: WholeLimits = { sizeBytes: 256 * 1_024, withinMs: 10_000 };
/** A minute of television. */
const SEGMENT_LIMIT_BYTES = 16 * 1_024 * 1_024;
/** A segment that takes three times as long as it sounds is not one that we can live on. */
const SEGMENT_WITHIN = { times: 3, leastMs: 12_000 };
/** Master, media; a master that leads to a master leads nowhere. */
const NESTING_LIMIT = 2;
/** A playlist that stays the same for so many target durations belongs to a station that has stopped. */
const STALE_TARGETS = 3;
const STALE_LEAST_MS = 6_000;
/** Between two segments of 10 s, a slow link and a retry. */
const STALL_MS = 30_000;

type Media = Extract<HlsPlaylist, { kind: "media" }>;

/** A list of segments that is read again and again (RFC 8216, section 6.3). */
export function createHlsWay(root: URL, environment: WayEnvironment): Way {
  const { clock, timers, depthMs } = environment;
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  const feed = createSegmentFeed(environment);
  /** Number of the segment to fetch next; it outlives a loss. */
  let next: number | null = null;
  let knownInit: { readonly key: string; readonly bytes: Buffer } | null = null;

  async function run(signal: AbortSignal): Promise<WayEnd> {
    const found = await findMedia(signal);
    if (!found.ok) return found.error;
    const { url, media } = found.value;
    return whileWanted(signal, feed.letGo, () => follow(url, media, signal));
  }

  /** Plays what is new in the playlist and reads it again, until it is lost or has come to its end. */
  async function follow(url: URL, first: Media, signal: AbortSignal): Promise<WayEnd> {
    let media = first;
    let newest = -1;
    let changedAt = clock.monotonic();
    for (;;) {
      const loadedAt = clock.monotonic();
      const end = await playNew(media, signal);
      if (end !== null) return end;
      if (media.isEnded) return "lost";
      const last = media.segments.at(-1)?.sequence ?? -1;
      const isNew = last !== newest;
      if (isNew) changedAt = loadedAt;
      newest = last;
      if (loadedAt - changedAt > Math.max(STALE_LEAST_MS, STALE_TARGETS * media.targetMs)) return "lost";
      // RFC 8216, section 6.3.4: a target duration after a change, half of it after none.
      const pauseMs = (isNew ? media.targetMs : media.targetMs / 2) - (clock.monotonic() - loadedAt);
      if (!(await waitFor(timers, pauseMs, signal))) return "lost";
      const reloaded = await load(url, signal);
      if (!reloaded.ok) return reloaded.error;
      if (reloaded.value.playlist.kind !== "media") return "wrong-format";
      media = reloaded.value.playlist;
    }
  }

  /** From the address of the relay to the playlist that has the segments. */
  async function findMedia(signal: AbortSignal): Promise<Result<{ url: URL; media: Media }, WayEnd>> {
    let url = root;
    for (let depth = 0; depth < NESTING_LIMIT; depth += 1) {
      const loaded = await load(url, signal);
      if (!loaded.ok) return loaded;
      const { playlist } = loaded.value;
      if (playlist.kind === "media") return ok({ url: loaded.value.url, media: playlist });
      url = playlist.media;
    }
    return fail("wrong-format");
  }

  async function load(
    url: URL,
    signal: AbortSignal,
  ): Promise<Result<{ url: URL; playlist: HlsPlaylist }, WayEnd>> {
    const fetched = await get({ url, range: null }, PLAYLIST_LIMITS, signal);
    if (!fetched.ok) return fail(endOfFetch[fetched.error]);
    const parsed = parseHls(fetched.value.bytes.toString("utf8"), fetched.value.url);
    return parsed.ok ? ok({ url: fetched.value.url, playlist: parsed.value }) : parsed;
  }

  async function playNew(media: Media, signal: AbortSignal): Promise<WayEnd | null> {
    const { segments, isContinuous } = nextSegments(media.segments, next, depthMs + media.targetMs);
    if (!isContinuous) feed.interrupt();
    for (const segment of segments) {
      const end = await playSegment(segment, signal);
      if (end !== null) return end;
      next = segment.sequence + 1;
      if (signal.aborted) return "lost";
    }
    return null;
  }

  async function playSegment(segment: HlsSegment, signal: AbortSignal): Promise<WayEnd | null> {
    const withinMs = Math.max(SEGMENT_WITHIN.leastMs, SEGMENT_WITHIN.times * segment.durationMs);
    const limits = { sizeBytes: SEGMENT_LIMIT_BYTES, withinMs };
    const init = await initOf(segment, limits, signal);
    const bytes = init.ok ? await get(segment.part, limits, signal) : init;
    if (init.ok && bytes.ok) return feed.add(segment, init.value, bytes.value.bytes);
    if (!bytes.ok && bytes.error !== "missing") return endOfFetch[bytes.error];
    // It has left the window while we were away, or never came: the next one may be there.
    feed.interrupt();
    return null;
  }

  /** All segments of a stretch have the same one, so it is fetched once. */
  async function initOf(segment: HlsSegment, limits: WholeLimits, signal: AbortSignal) {
    if (segment.init === null) return ok(null);
    const key = JSON.stringify(segment.init);
    if (knownInit?.key === key) return ok(knownInit.bytes);
    const fetched = await get(segment.init, limits, signal);
    if (!fetched.ok) return fetched;
    knownInit = { key, bytes: fetched.value.bytes };
    return ok(knownInit.bytes);
  }

  function get(part: HlsPart, limits: WholeLimits, signal: AbortSignal) {
    const range = part.range === null ? {} : { range: part.range };
    const request = { ...environment, agents, signal, url: part.url, ...range };
    return fetchWhole(request, limits, environment.count);
  }

  return {
    run,
    stallMs: STALL_MS,
    take: feed.take,
    async close() {
      agents.http.destroy();
      agents.https.destroy();
      await feed.close();
    },
  };
}
