import { type AreaTree, lineageOf } from "@loa/shared/broadcast/area.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { AreaId, Sha256 } from "@loa/shared/kernel/ids.ts";

/** Codec and kbit/s in which a clip is kept: the ladder for data budgets. An hour at 24 is 11 MB, at 64 it is 29 MB. */
export const renditionKinds = [
  "opus-24",
  "opus-32",
  "opus-48",
  "opus-64",
  "mp3-24",
  "mp3-32",
  "mp3-48",
  "mp3-64",
] as const;
export type RenditionKind = (typeof renditionKinds)[number];

/** What every clip has: bulletins name the clip by the hash of this one, and boxes get it unless their area says else. */
export const BASE_RENDITION = "mp3-64" satisfies RenditionKind;

/** A clip's files beside the base one. They have its length and its gain, so a plan may name one for the other. */
export type RenditionsOfClip = ReadonlyMap<RenditionKind, Clip>;

/** What the plan compiler needs in order to give each area what it can afford. */
export interface RenditionTables {
  /** Areas that say what they want; those below them want the same until they say else themselves. */
  readonly wanted: ReadonlyMap<AreaId, RenditionKind>;
  /** By the clip's own hash. */
  readonly made: ReadonlyMap<Sha256, RenditionsOfClip>;
}

export const NO_RENDITIONS: RenditionTables = { wanted: new Map(), made: new Map() };

export interface WantedRendition {
  readonly kind: RenditionKind;
  /** The area that says so; null where none does. */
  readonly from: AreaId | null;
}

/** The nearest area of the lineage (nearest first) that says something decides. */
export function wantedAlong(lineage: readonly AreaId[], wanted: RenditionTables["wanted"]): WantedRendition {
  for (const area of lineage) {
    const kind = wanted.get(area);
    if (kind !== undefined) return { kind, from: area };
  }
  return { kind: BASE_RENDITION, from: null };
}

export function wantedIn(tree: AreaTree, area: AreaId, wanted: RenditionTables["wanted"]): WantedRendition {
  return wantedAlong(lineageOf(tree, area), wanted);
}

/** The file that a box shall hold for this clip: the base one while the wanted one is not made. */
export function clipIn(kind: RenditionKind, clip: Clip, made: RenditionTables["made"]): Clip {
  return made.get(clip.sha256)?.get(kind) ?? clip;
}

/** A schedule with its clips, as an area can afford it. */
export function inRendition<
  One extends { readonly planned: PlannedSchedule; readonly clips: readonly Clip[] },
>(one: One, kind: RenditionKind, made: RenditionTables["made"]): One {
  if (kind === BASE_RENDITION) return one;
  const items = one.planned.items.map((item) =>
    item.kind === "clip"
      ? { ...item, sha256: made.get(item.sha256)?.get(kind)?.sha256 ?? item.sha256 }
      : item,
  );
  const clips = one.clips.map((clip) => clipIn(kind, clip, made));
  return { ...one, planned: { ...one.planned, items }, clips };
}
