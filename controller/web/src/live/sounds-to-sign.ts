import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { clipAudioUrl } from "../api/calls.ts";
import type { Draft } from "../api/draft-calls.ts";
import type { SentSound } from "../approve/messages.ts";

/** Some ten minutes at 64 kbit/s. Of what is longer the site of approvals says that it is to be heard on these pages. */
const MAX_SOUND_BYTES = 5 * 1024 * 1024;
const FETCH_LIMIT_MS = 30_000;

export type Sounding = Pick<Draft, "clip" | "spoken" | "correctionClip" | "correctionSpoken">;

/** What boxes would play of it, for the site of approvals, which asks no server. */
export async function soundsToSign(text: Sounding): Promise<readonly SentSound[]> {
  return await Promise.all([
    ...(text.clip === null ? [] : [soundOf(text.clip, text.spoken)]),
    ...(text.correctionClip === null ? [] : [soundOf(text.correctionClip, text.correctionSpoken)]),
  ]);
}

async function soundOf(sha256: Sha256, words: string | null): Promise<SentSound> {
  return { sha256, words, bytes: await bytesOf(sha256).catch(() => null) };
}

async function bytesOf(sha256: Sha256): Promise<ArrayBuffer | null> {
  const answer = await fetch(clipAudioUrl(sha256), { signal: AbortSignal.timeout(FETCH_LIMIT_MS) });
  const isShort = Number(answer.headers.get("content-length") ?? 0) <= MAX_SOUND_BYTES;
  return answer.ok && isShort ? await answer.arrayBuffer() : null;
}
