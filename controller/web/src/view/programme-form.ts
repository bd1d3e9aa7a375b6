import { MAX_CLIP_MS, MAX_PROGRAMME_ITEMS } from "@loa/shared/broadcast/content.ts";
import type { ProgrammeItem } from "@loa/shared/broadcast/programme.ts";
import type { AreaId, BulletinId, RelayId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { ProgrammeWish } from "../api/sound-calls.ts";
import { numberIn } from "./relay-form.ts";

/** One part of a programme while it is put together. `key` tells two of the same apart. */
export type ProgrammePart = {
  readonly key: number;
  readonly title: string;
  readonly end: "soft" | "hard";
} & (
  | { readonly kind: "bulletin"; readonly bulletin: BulletinId; readonly durationMs: number | null }
  | { readonly kind: "relay"; readonly relay: RelayId; readonly minutes: string }
);

export interface ProgrammeForm {
  readonly title: string;
  readonly area: AreaId | null;
  readonly parts: readonly ProgrammePart[];
}

export const MAX_RELAY_MINUTES = MAX_CLIP_MS / MINUTE_MS;

/** What is sent; null where something is missing or wrong. */
export function wishOfProgramme({ title, area, parts }: ProgrammeForm): ProgrammeWish | null {
  const items = parts.map(itemOf).filter((one) => one !== null);
  const isWhole = items.length === parts.length && parts.length > 0 && parts.length <= MAX_PROGRAMME_ITEMS;
  if (title.trim() === "" || area === null || !isWhole) return null;
  return { title: title.trim(), areaId: area, items };
}

/** Null while a length is not known. */
export function lengthOfPart(part: ProgrammePart): number | null {
  if (part.kind === "bulletin") return part.durationMs;
  const minutes = numberIn(part.minutes, 0.5, MAX_RELAY_MINUTES);
  return minutes === null ? null : Math.round(minutes * MINUTE_MS);
}

export function moved(parts: readonly ProgrammePart[], from: number, to: number): readonly ProgrammePart[] {
  const part = parts[from];
  if (part === undefined || to < 0 || to >= parts.length) return parts;
  return parts.toSpliced(from, 1).toSpliced(to, 0, part);
}

function itemOf(part: ProgrammePart): ProgrammeItem | null {
  if (part.kind === "bulletin") return { bulletin: part.bulletin, end: part.end };
  const durationMs = lengthOfPart(part);
  return durationMs === null ? null : { relay: part.relay, durationMs, end: part.end };
}
