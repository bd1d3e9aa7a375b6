import { findChirp } from "./find-chirp.ts";
import { type Recording, slice } from "./recording.ts";
import type { TestBulletin } from "./test-bulletin.ts";

/** How far around the expected place the ear listens. */
const AROUND_MS = 2_000;

/** How much too late (positive) a test bulletin was heard, ms; null when it was not heard there at all. */
export function startErrorMs(recording: Recording, bulletin: TestBulletin, dueAt: number): number | null {
  const expectedAt = dueAt + bulletin.chirpAtMs;
  const found = findChirp(slice(recording, expectedAt - AROUND_MS, expectedAt + AROUND_MS));
  return found === null ? null : found.at - expectedAt;
}
