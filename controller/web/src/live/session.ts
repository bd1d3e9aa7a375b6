import { signal } from "@preact/signals";
import * as account from "../api/account-calls.ts";
import * as calls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import type { Session } from "../api/shapes.ts";
import { forgetEmergencies } from "./emergencies.ts";
import { closeFeed, openFeed } from "./feed.ts";
import { forgetFleet } from "./fleet.ts";
import { askPasskey } from "./passkeys.ts";

/** How often the page asks again who is signed in, ms. */
const LOOK_AGAIN_MS = 60_000;

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

/** Whether the person has used a passkey at all. */
export async function signInByPasskey(): Promise<boolean> {
  const options = await account.passkeySignInOptions();
  const used = options.ok ? await askPasskey(options.value) : null;
  if (used === null) return false;
  const answer = await account.signInByPasskey(used);
  if (answer.ok) enter(answer.value);
  else standing.value = { kind: "out", problem: answer.error };
  return true;
}

/** What was granted may change while a page is open, and everybody hears of the break-glass account. */
export function followStanding(): void {
  setInterval(async () => {
    if (standing.value.kind !== "in") return;
    const answer = await calls.signedIn();
    if (answer.ok && standing.value.kind === "in") standing.value = { kind: "in", session: answer.value };
  }, LOOK_AGAIN_MS);
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
