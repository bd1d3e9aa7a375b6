import type { HlsSegment } from "./hls-playlist.ts";

export interface NextSegments {
  readonly segments: readonly HlsSegment[];
  /** They follow what was played without a gap. */
  readonly isContinuous: boolean;
}

/** Servers behind one address may be a few segments apart. */
const BEHIND_LIMIT = 4;

/**
 * What to fetch of a live playlist. From `next` on if it is still there; but never from further back than `depthMs`,
 * so that a loss does not make the delay grow. `next` null: nothing was played yet.
 */
export function nextSegments(
  segments: readonly HlsSegment[],
  next: number | null,
  depthMs: number,
): NextSegments {
  const newest = segments.at(-1);
  if (newest === undefined) return { segments: [], isContinuous: true };
  const edge = edgeOf(segments, depthMs);
  // The server counts anew: what was played says nothing about it.
  const isKnown = next !== null && newest.sequence >= next - BEHIND_LIMIT;
  if (!isKnown) return { segments: segments.slice(edge), isContinuous: false };
  const from = Math.max(next, segments[edge]?.sequence ?? 0);
  return { segments: segments.filter((one) => one.sequence >= from), isContinuous: from === next };
}

/** Index of the segment that begins `depthMs` before the newest ends, or of the first that will not vanish at once. */
function edgeOf(segments: readonly HlsSegment[], depthMs: number): number {
  const spare = segments.length > 3 ? 1 : 0;
  let behindMs = 0;
  for (let index = segments.length - 1; index > spare; index -= 1) {
    behindMs += segments[index]?.durationMs ?? 0;
    if (behindMs >= depthMs) return index;
  }
  return Math.min(spare, segments.length - 1);
}
