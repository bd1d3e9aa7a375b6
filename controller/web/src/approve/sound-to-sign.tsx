import type { Clip } from "@loa/shared/broadcast/content.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { Mark } from "../parts/mark.tsx";
import { SpokenText } from "../parts/spoken-text.tsx";
import { durationText } from "../view/ages.ts";
import type { SignedSound } from "./signed-sounds.ts";

const SHORT_HASH = 12;

/** The text holds the SHA-256 of the sound: what is played here is that, or nothing is. */
export function SoundToSign({
  clip,
  label,
  sound,
}: {
  readonly clip: Clip;
  readonly label: string;
  /** Undefined: it is on its way. */
  readonly sound: SignedSound | undefined;
}): VNode {
  const words = t.value.account.site;
  return (
    <>
      <span>{words.clip(durationText(clip.durationMs), clip.sha256.slice(0, SHORT_HASH))}</span>
      {sound === undefined && <span class="quiet">{words.soundComing}</span>}
      {sound?.kind === "missing" && <Mark tone="warn" icon="help" text={words.soundMissing} />}
      {sound?.kind === "wrong" && <Mark tone="bad" icon="cross" text={words.soundWrong} />}
      {sound?.kind === "here" && (
        <>
          {/* biome-ignore lint/a11y/useMediaCaption: its words stand beside it, where a machine speaks them. */}
          <audio controls preload="metadata" src={sound.url} aria-label={label} />
          <Mark tone="good" icon="check" text={words.soundChecked} />
          {sound.words !== null && <SpokenText title={words.soundWords} text={sound.words} />}
        </>
      )}
    </>
  );
}
