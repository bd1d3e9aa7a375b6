import { BUILT_IN_TEXT } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { Tallied } from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayClock, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { askEmergencies } from "../live/emergencies.ts";
import { mayRaise } from "../live/may-raise.ts";
import { CancelEmergency } from "../parts/emergency-cancel.tsx";
import { CorrectionCounts, EmergencyBoxes, EmergencyCounts } from "../parts/emergency-tally.tsx";
import { When } from "../parts/instant.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { SeverityMark } from "../parts/severity-mark.tsx";
import { SpokenText } from "../parts/spoken-text.tsx";
import { StationFact } from "../parts/station-fact.tsx";
import { useTallied } from "../parts/use-tallied.ts";
import { linkTo } from "../router.ts";
import { sayRaised } from "../view/say-raised.ts";
import { stoppedWords } from "../view/stopped-words.ts";

/** While it is in force, somebody watches the tally; afterwards late receipts still come in. ms. */
const ASK_EVERY_MS = 1_000;
const ASK_AFTERWARDS_MS = 5_000;
/** By then whoever has heard of it has said it. */
const CORRECTING_MS = 60_000;

export function EmergencyPage({ id }: { readonly id: EmergencyId }): VNode {
  const answer = useTallied(id);
  const isWatched = answer.value !== null && isMoving(answer.value);
  useEffect(() => {
    const timer = setInterval(answer.reload, isWatched ? ASK_EVERY_MS : ASK_AFTERWARDS_MS);
    return () => clearInterval(timer);
  }, [isWatched, answer.reload]);
  const changed = () => {
    answer.reload();
    void askEmergencies();
  };
  return (
    <div class="emergency-page">
      <a href={linkTo({ page: "emergencies" })}>← {t.value.emergency.back}</a>
      <Loaded from={answer}>{(value) => <Body tallied={value} onChanged={changed} />}</Loaded>
    </div>
  );
}

/** It is in force, or was corrected a moment ago. */
function isMoving({ emergency: { standing, correctedAt } }: Tallied): boolean {
  return standing === "in-force" || (correctedAt !== null && now.value < correctedAt + CORRECTING_MS);
}

function Body({
  tallied: { emergency, tally, correction, boxes },
  onChanged,
}: {
  readonly tallied: Tallied;
  readonly onChanged: () => void;
}): VNode {
  const words = t.value.emergency;
  const { severity, standing, cancelledAt, cancelledBy } = emergency;
  return (
    <>
      <section class={`panel emergency-head ${severity}`} aria-label={words.severity[severity]}>
        <SeverityMark severity={severity} />
        <h1>{emergency.headline}</h1>
        <p>
          <strong>{words.standing[standing]}</strong> ·{" "}
          {[`${words.areas}: ${emergency.areaNames.join(", ")}`, ...stoppedWords(emergency)].join(" · ")}
        </p>
        <p class="quiet">
          {sayRaised(emergency, sayClock(emergency.at))} · {words.endsAt}: <When at={emergency.expiresAt} />
          {emergency.approvedBy.length > 0 &&
            ` · ${t.value.trust.approvedBy(emergency.approvedBy.map(({ name }) => name).join(", "))}`}
          {emergency.correctedAt !== null &&
            ` · ${t.value.trust.corrected(sayWhen(t.value, emergency.correctedAt, now.value))}`}
          {cancelledAt !== null &&
            ` · ${sayCancelled(cancelledBy, sayWhen(t.value, cancelledAt, now.value))}`}
        </p>
        {emergency.message === "built-in" && (
          <SpokenText title={t.value.trust.builtInSays[severity]} text={BUILT_IN_TEXT[severity]} />
        )}
        {emergency.spoken !== null && <SpokenText title={t.value.speech.says} text={emergency.spoken} />}
        {emergency.stream !== null && (
          <p>
            <StationFact stream={emergency.stream} />
          </p>
        )}
        {emergency.standingApproval !== null && (
          <p>
            <a href={linkTo({ page: "standing-approval", id: emergency.standingApproval.id })}>
              {t.value.standing.under(emergency.standingApproval.sender)}
            </a>
          </p>
        )}
        <Acts emergency={emergency} onChanged={onChanged} />
      </section>
      <section aria-labelledby="tally">
        <h2 id="tally">{words.tally}</h2>
        <EmergencyCounts tally={tally} />
        {correction !== null && <CorrectionCounts tally={correction} />}
        <EmergencyBoxes boxes={boxes} since={emergency.at} />
      </section>
    </>
  );
}

function Acts({
  emergency,
  onChanged,
}: {
  readonly emergency: Tallied["emergency"];
  readonly onChanged: () => void;
}): VNode {
  const { standing } = emergency;
  return (
    <>
      {(standing === "in-force" || isStillWrong(emergency)) && (
        <CancelEmergency
          id={emergency.id}
          hasCorrection={emergency.correction !== "none"}
          onCancelled={onChanged}
        />
      )}
      {standing === "in-force" && mayRaise() && (
        <p>
          <a href={linkTo({ page: "update", id: emergency.id })}>{t.value.emergency.update}</a>
        </p>
      )}
    </>
  );
}

/** It sounds no more, but was heard: what was prepared for the case that it was wrong can still be said. */
function isStillWrong({ standing, correction, expiresAt }: Tallied["emergency"]): boolean {
  return standing === "stopped" && correction !== "none" && now.value < expiresAt;
}

function sayCancelled(by: Tallied["emergency"]["cancelledBy"], when: string): string {
  return by === null ? t.value.standing.takenBack(when) : t.value.emergency.cancelledBy(by.name, when);
}
