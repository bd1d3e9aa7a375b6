import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import * as clips from "../api/calls.ts";
import type { Draft } from "../api/draft-calls.ts";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { durationText } from "../view/ages.ts";

/** Everything that is signed, in words. */
export function DraftFacts({ draft }: { readonly draft: Draft }): VNode {
  const words = t.value.trust.draft;
  const people = draft.people === null ? "" : ` · ${words.people(sayNumber(t.value, draft.people))}`;
  return (
    <ul class="plain draft-facts">
      <li>
        <strong>{draft.areaNames.join(", ")}</strong>
        <span>
          {words.reach(draft.clusters, draft.boxes)}
          {people}
        </span>
      </li>
      <li>
        {words.siren(sayNumber(t.value, draft.sirenMs / SECOND_MS), draft.times)},{" "}
        {words.lasts(durationText(draft.durationMs))}
      </li>
      <li>
        {draft.clip === null ? (
          words.builtIn
        ) : (
          <>
            {words.clip}
            {/* biome-ignore lint/a11y/useMediaCaption: the operator's own file has no captions. */}
            <audio controls preload="none" src={clips.clipAudioUrl(draft.clip)} aria-label={words.preview} />
          </>
        )}
      </li>
      <li>{words.correction[draft.correction]}</li>
    </ul>
  );
}
