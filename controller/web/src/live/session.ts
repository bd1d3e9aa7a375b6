import { signal } from "@preact/signals";
import * as calls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import type { Session } from "../api/shapes.ts";
import { forgetEmergencies } from "./emergencies.ts";
import { closeFeed, openFeed } from "./feed.ts";
import { forgetFleet } from "./fleet.ts";

export type Standing =
  | { readonly kind: "asking" }
  | { readonly kind: "out"; readonly problem: Problem | null }
  | { readonly kind: "in"; readonly session: Session };

export const standing = signal<Standing>({ kind: "asking" });

export async function askStanding(): Promise<void> {
  const answer = await calls.signedIn();
  if (answer.ok) enter(answer.value);
  else standing.value = { kind: "out", problem: answer.error.status === 401 ? null : answer.error };
}

export async function signIn(user: string, password: string): Promise<void> {
  const answer = await calls.signIn(user, password);
  if (answer.ok) enter(answer.value);
  else standing.value = { kind: "out", problem: answer.error };
}

/** The page forgets at once, whatever the controller answers: somebody else may sit down now. */
export async function signOut(): Promise<void> {
  closeFeed();
  forgetFleet();
  forgetEmergencies();
  standing.value = { kind: "out", problem: null };
  await calls.signOut();
}

/** The session ran out while the page was open. */
export function becomeSignedOut(problem: Problem): void {
  closeFeed();
  forgetFleet();
  forgetEmergencies();
  standing.value = { kind: "out", problem };
}

function enter(session: Session): void {
  standing.value = { kind: "in", session };
  openFeed();
}
