import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { ApprovedOrder } from "@loa/shared/trust/order.ts";
import type { StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import type { Database } from "../store/database.ts";
import { speechOfClips } from "../store/speech.ts";

export type Approvable = ApprovedOrder | StandingApproval;

/** What the boxes play of a text that is approved, and the words of it where a machine speaks them. */
export interface ApprovedSounds {
  readonly clip: Sha256 | null;
  readonly spoken: string | null;
  readonly correctionClip: Sha256 | null;
  readonly correctionSpoken: string | null;
}

export async function approvedSounds(
  db: Database,
  all: readonly Approvable[],
): Promise<(one: Approvable) => ApprovedSounds> {
  const speech = await speechOfClips(db, all.flatMap(clipsOf));
  const words = (clip: Sha256 | null) => (clip === null ? null : (speech.get(clip)?.spoken ?? null));
  return (one) => {
    const clip = one.notice?.sha256 ?? null;
    const correctionClip = correctionOf(one);
    return { clip, spoken: words(clip), correctionClip, correctionSpoken: words(correctionClip) };
  };
}

/** Everything that it lets boxes play. */
export function clipsOf(one: Approvable): readonly Sha256[] {
  return [one.notice?.sha256 ?? null, correctionOf(one)].filter((clip) => clip !== null);
}

function correctionOf(one: Approvable): Sha256 | null {
  return one.kind === "local-emergency" ? null : (one.correction?.notice?.sha256 ?? null);
}
