import type { PcmSource } from "./pcm-source.ts";

/** Stands for a source that will be there in a moment; `look` answers it as soon as it is. */
export function createLaterSource(look: () => PcmSource | null): PcmSource {
  let source: PcmSource | null = null;
  const now = () => {
    source ??= look();
    return source;
  };
  return {
    get available() {
      return now()?.available ?? 0;
    },
    get outcome() {
      return now()?.outcome ?? null;
    },
    live: null,
    read: (into, from, count) => now()?.read(into, from, count) ?? 0,
    watch(at) {
      now()?.watch(at);
    },
    close: () => source?.close() ?? Promise.resolve(),
  };
}
