import { signal } from "@preact/signals";
import * as calls from "../api/account-calls.ts";

/** How one may sign in here; null until the controller has said it. */
export const waysIn = signal<calls.WaysIn | null>(null);

export async function askWaysIn(): Promise<void> {
  const answer = await calls.ways();
  if (answer.ok) waysIn.value = answer.value;
}
