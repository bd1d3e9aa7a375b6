import type { AreaId, BoxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { computed, signal } from "@preact/signals";
import * as calls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import type { Area, BoxRow } from "../api/shapes.ts";
import { hearControllerTime } from "./clock.ts";

/** What this page knows of the province: loaded once, then kept up by the live feed. */

const rowsById = signal<ReadonlyMap<BoxId, BoxRow>>(new Map());

export const areas = signal<readonly Area[]>([]);
export const rows = computed<readonly BoxRow[]>(() => [...rowsById.value.values()]);
/** The controller's time of the newest word in `rows`; null before the first. */
export const asOf = signal<Instant | null>(null);
export const loading = signal<"first" | "done" | Problem>("first");

export const province = computed(() => areas.value.find((one) => one.parentId === null) ?? areas.value[0]);

export function areaName(id: AreaId): string {
  return areas.value.find((one) => one.id === id)?.name ?? id;
}

export function rowOf(id: BoxId): BoxRow | undefined {
  return rowsById.value.get(id);
}

export async function loadFleet(): Promise<void> {
  const [areaAnswer, boxAnswer] = await Promise.all([calls.areas(), calls.boxes()]);
  if (!areaAnswer.ok) {
    loading.value = areaAnswer.error;
    return;
  }
  if (!boxAnswer.ok) {
    loading.value = boxAnswer.error;
    return;
  }
  hearControllerTime(boxAnswer.value.now);
  areas.value = areaAnswer.value.areas;
  rowsById.value = new Map(boxAnswer.value.boxes.map((row) => [row.boxId, row]));
  asOf.value = boxAnswer.value.now;
  loading.value = "done";
}

export function takeChanges(at: Instant, changed: readonly BoxRow[]): void {
  const next = new Map(rowsById.value);
  for (const row of changed) next.set(row.boxId, row);
  rowsById.value = next;
  asOf.value = at;
}

export function forgetFleet(): void {
  rowsById.value = new Map();
  areas.value = [];
  asOf.value = null;
  loading.value = "first";
}
