import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { signal } from "@preact/signals";
import type { Level } from "../api/shapes.ts";

/** The last level that each box reported in this visit. */
export const levels = signal<ReadonlyMap<BoxId, Level>>(new Map());

export function takeLevel({ boxId, ...heard }: Level & { readonly boxId: BoxId }): void {
  levels.value = new Map(levels.value).set(boxId, heard);
}
