import { BUILT_IN_TEXT, type BuiltInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { SpokenText } from "./spoken-text.tsx";

/** What a box says out of its own memory, to read and to hear: nobody sends or signs words that they do not know. */
export function BuiltInSound({ words }: { readonly words: BuiltInWords }): VNode {
  const { builtInSays, builtInListen } = t.value.trust;
  return (
    <>
      <SpokenText title={builtInSays[words]} text={BUILT_IN_TEXT[words]} />
      {/* biome-ignore lint/a11y/useMediaCaption: its words stand above it. */}
      <audio controls preload="none" src={`/notices/${words}.ogg`} aria-label={builtInListen[words]} />
    </>
  );
}
