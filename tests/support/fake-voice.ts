import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SpeechWish, Voice, VoiceFailure } from "@loa/controller/media/speech/voice-port.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";

export interface FakeVoice extends Voice {
  /** Everything that it was asked to say. */
  readonly asked: readonly SpeechWish[];
  /** From now on it says nothing, for this reason. */
  fails(why: VoiceFailure): void;
}

/** Says a text as `fake-media.ts` hears it: half a second a word, and what else the bytes depend on. */
export function createFakeVoice(folder: string): FakeVoice {
  const asked: SpeechWish[] = [];
  let failure: VoiceFailure | null = null;
  return {
    asked,
    fails(why) {
      failure = why;
    },
    async speak(wish) {
      asked.push(wish);
      if (failure !== null) return fail(failure);
      const path = join(folder, `spoken-${asked.length}`);
      const seconds = Math.ceil(wish.text.split(/\s+/).length / 2);
      const bytes = `sound of ${seconds} s, ${wish.dialect} ${wish.rate}: ${wish.text}`;
      await writeFile(path, bytes);
      const remove = () => rm(path, { force: true });
      return ok({ path, sizeBytes: Buffer.byteLength(bytes), remove });
    },
  };
}
