import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import type { Draft } from "../api/draft-calls.ts";
import { t } from "../i18n/language.ts";
import { sayCount, sayDay, sayLength, sayNumber } from "../i18n/say.ts";
import { linkTo } from "../router.ts";
import { CorrectionFact, MessageFact } from "./sound-facts.tsx";
import { StationFact } from "./station-fact.tsx";

/** A message that a box starts by itself: where, by what, and until when. */
function LocalFacts({ draft }: { readonly draft: Draft }): VNode {
  const words = t.value.trust.local;
  return (
    <>
      <li>
        <strong>{draft.box?.clusterName}</strong>
        <span>{words.bySelf}</span>
      </li>
      {draft.trigger !== null && <li>{sayTrigger(draft.trigger)}</li>}
      {draft.from !== null && draft.to !== null && (
        <li>{words.holds(sayDay(draft.from), sayDay(draft.to))}</li>
      )}
    </>
  );
}

export function sayTrigger({ capability, edge, limit }: NonNullable<Draft["trigger"]>): string {
  const name = t.value.words.capability[capability];
  return t.value.trust.local.trigger[edge](name, sayNumber(t.value, limit));
}

/** Everything that is signed, in words. */
export function DraftFacts({ draft }: { readonly draft: Draft }): VNode {
  const words = t.value.trust.draft;
  const people = draft.people === null ? "" : ` · ${words.people(sayCount(t.value, draft.people))}`;
  return (
    <ul class="plain draft-facts">
      {draft.box === null ? (
        <li>
          <strong>{draft.areaNames.join(", ")}</strong>
          <span>
            {words.reach(draft.clusters, draft.boxes)}
            {people}
          </span>
        </li>
      ) : (
        <LocalFacts draft={draft} />
      )}
      {draft.replaces !== null && (
        <li>
          <a href={linkTo({ page: "emergency", id: draft.replaces })}>{t.value.emergency.replaces}</a>
        </li>
      )}
      <li>
        {words.siren(sayNumber(t.value, draft.sirenMs / SECOND_MS), draft.times)},{" "}
        {words.gap(sayNumber(t.value, draft.gapMs / SECOND_MS))},{" "}
        {words.lasts(sayLength(t.value, draft.durationMs))}
      </li>
      <MessageFact {...draft} />
      {draft.stream !== null && (
        <li>
          <StationFact stream={draft.stream} />
        </li>
      )}
      {draft.box === null && <CorrectionFact {...draft} />}
    </ul>
  );
}
