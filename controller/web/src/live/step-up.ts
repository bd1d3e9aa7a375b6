import { signal } from "@preact/signals";
import * as calls from "../api/account-calls.ts";
import { type Problem, whenProofIsNeeded } from "../api/http.ts";
import { openFeed } from "./feed.ts";
import { askPasskey } from "./passkeys.ts";

/** Somebody is asked to prove once more who is there; `answer` tells the call that waits for it. */
export interface StepUp {
  readonly answer: (isProven: boolean) => void;
}

export const stepUpAsked = signal<StepUp | null>(null);

/** Every call that is refused for the want of a fresh proof waits for it here, and is then made once more. */
export function startStepUp(): void {
  whenProofIsNeeded(
    () =>
      new Promise((resolve) => {
        // Two calls at once are answered by one proof.
        const before = stepUpAsked.value;
        stepUpAsked.value = {
          answer(isProven) {
            stepUpAsked.value = null;
            before?.answer(isProven);
            resolve(isProven);
          },
        };
      }),
  );
}

/** Null when it is proven. */
export async function proveByPassword(password: string): Promise<Problem | null> {
  return await prove({ password });
}

/** Null when it is proven; `unused` when the person has not used the key. */
export async function proveByPasskey(): Promise<Problem | "unused" | null> {
  const options = await calls.stepUpOptions();
  if (!options.ok) return options.error;
  const passkey = await askPasskey(options.value);
  return passkey === null ? "unused" : await prove({ passkey });
}

async function prove(proof: Parameters<typeof calls.stepUp>[0]): Promise<Problem | null> {
  const answer = await calls.stepUp(proof);
  if (!answer.ok) return answer.error;
  // The session has a new name: the live feed goes on by it.
  openFeed();
  stepUpAsked.value?.answer(true);
  return null;
}
