import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import * as clips from "../api/calls.ts";
import type { Draft } from "../api/draft-calls.ts";
import { t } from "../i18n/language.ts";
import { BuiltInSound } from "./built-in-sound.tsx";
import { SpokenText } from "./spoken-text.tsx";

type Sounds = Pick<
  Draft,
  "severity" | "clip" | "spoken" | "correction" | "correctionClip" | "correctionSpoken"
>;

/** What is said, to read where a machine speaks it, and to hear. */
export function MessageFact({ severity, clip, spoken }: Sounds): VNode {
  const words = t.value.trust.draft;
  return (
    <li>
      {clip === null ? (
        <BuiltInSound words={severity} />
      ) : (
        <Sound clip={clip} spoken={spoken} none={words.clip} label={words.preview} />
      )}
    </li>
  );
}

/** What is said in one press when it was wrong: signed like the message itself. */
export function CorrectionFact({ correction, correctionClip, correctionSpoken }: Sounds): VNode {
  const words = t.value.trust.draft;
  return (
    <li>
      {correction === "built-in" ? <BuiltInSound words="correction" /> : words.correction[correction]}
      {correctionClip !== null && (
        <Sound clip={correctionClip} spoken={correctionSpoken} none="" label={words.previewCorrection} />
      )}
    </li>
  );
}

function Sound({
  clip,
  spoken,
  none,
  label,
}: {
  readonly clip: Sha256;
  readonly spoken: string | null;
  /** Where nobody has typed it. */
  readonly none: string;
  readonly label: string;
}): VNode {
  return (
    <>
      {spoken === null ? none : <SpokenText title={t.value.speech.willSay} text={spoken} />}
      {/* biome-ignore lint/a11y/useMediaCaption: its words stand beside it, where a machine speaks them. */}
      <audio controls preload="none" src={clips.clipAudioUrl(clip)} aria-label={label} />
    </>
  );
}
