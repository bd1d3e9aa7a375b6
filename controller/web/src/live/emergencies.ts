import { signal } from "@preact/signals";
import * as calls from "../api/emergency-calls.ts";
import type { Emergency } from "../api/emergency-shapes.ts";
import type { BoxRow } from "../api/shapes.ts";

/** Emergencies in force that are heard in this person's areas: every page shows them. */
export const running = signal<readonly Emergency[]>([]);

/**
 * The feed's ticks between two questions: while one runs, and while none does. A box that begins or ends to sound one
 * is told at once, so the slower pace counts only where no box can be heard.
 */
const TICKS_WHILE_RUNNING = 1;
const TICKS_OTHERWISE = 3;

let ticks = 0;
let heard = "";

export async function askEmergencies(): Promise<void> {
  ticks = 0;
  const answer = await calls.emergencies();
  if (!answer.ok) return;
  const inForce = answer.value.emergencies.filter((one) => one.standing === "in-force");
  // The real thing stands above every exercise; otherwise the newest first, as they come.
  running.value = inForce.toSorted((a, b) => rankOf(a) - rankOf(b));
}

export function tickEmergencies(): void {
  ticks += 1;
  if (ticks >= (running.value.length > 0 ? TICKS_WHILE_RUNNING : TICKS_OTHERWISE)) void askEmergencies();
}

/** Looks whether boxes sound another set of emergencies than before. */
export function heedEmergencies(rows: readonly BoxRow[]): void {
  const sounding = new Set(
    rows.flatMap(({ onAir }) => (onAir === null || onAir.emergency === null ? [] : [onAir.occurrenceId])),
  );
  const now = [...sounding].sort().join(" ");
  if (now !== heard) void askEmergencies();
  heard = now;
}

export function forgetEmergencies(): void {
  running.value = [];
  heard = "";
}

function rankOf({ severity }: Emergency): number {
  return severity === "actual" ? 0 : 1;
}
