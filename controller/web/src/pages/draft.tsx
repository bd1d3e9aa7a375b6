import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import * as calls from "../api/draft-calls.ts";
import { t } from "../i18n/language.ts";
import { sayClock, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { askEmergencies } from "../live/emergencies.ts";
import { AtBoxMark } from "../parts/at-box-mark.tsx";
import { ApproveDraft } from "../parts/draft-approve.tsx";
import { DraftFacts } from "../parts/draft-facts.tsx";
import { Loaded, useAnswer } from "../parts/loaded.tsx";
import { Mark, type Tone } from "../parts/mark.tsx";
import { SeverityMark } from "../parts/severity-mark.tsx";
import { SimulatedApprovers } from "../parts/simulated-approvers.tsx";
import { Button, Callout, Icon, type IconName } from "../parts/web-awesome.tsx";
import { go, linkTo } from "../router.ts";
import { authorOf } from "../view/draft-author.ts";

const ASK_EVERY_MS = 1_000;

const looks: Readonly<Record<calls.DraftStanding, readonly [Tone, IconName]>> = {
  open: ["warn", "clock"],
  raised: ["good", "loudspeaker"],
  withdrawn: ["quiet", "stop"],
  expired: ["bad", "clock"],
  overtaken: ["bad", "stop"],
};

/** An emergency before it goes out: what exactly is signed, who has signed, and one's own signature. */
export function DraftPage({ id }: { readonly id: EmergencyId }): VNode {
  const answer = useAnswer(() => calls.draftOf(id), [id]);
  const isOpen = answer.value?.draft.standing === "open";
  const isRaised = answer.value?.draft.standing === "raised";
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setInterval(answer.reload, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isOpen, answer.reload]);
  useEffect(() => {
    // Whoever has waited here for the last signature sees what becomes of it.
    if (isRaised) void askEmergencies();
  }, [isRaised]);
  return (
    <div class="emergency-page">
      <a href={linkTo({ page: "emergencies" })}>← {t.value.emergency.back}</a>
      <Loaded from={answer}>{({ draft }) => <Body draft={draft} onChanged={answer.reload} />}</Loaded>
    </div>
  );
}

function Body({ draft, onChanged }: { readonly draft: calls.Draft; readonly onChanged: () => void }): VNode {
  const words = t.value.trust.draft;
  const { severity, standing, draftedAt, approveBy } = draft;
  const [tone, icon] = looks[standing];
  const when = (at: typeof draftedAt) => sayWhen(t.value, at, now.value);
  return (
    <>
      <section class={`panel emergency-head ${severity}`} aria-label={t.value.emergency.severity[severity]}>
        <SeverityMark severity={severity} />
        <h1>{draft.headline}</h1>
        <Mark tone={tone} icon={icon} text={words.standing[standing]} />
        {standing === "open" && <p>{words.notYet}</p>}
        <DraftFacts draft={draft} />
        <p class="quiet">
          {words.author(authorOf(draft), when(draftedAt))} · {words.approveBy(sayClock(approveBy))}
        </p>
      </section>
      <section class="panel" aria-labelledby="approvals">
        <h2 id="approvals">{words.progress(draft.approvals.length, draft.needed ?? 0)}</h2>
        <ul class="plain draft-approvals">
          {draft.approvals.map(({ person, at }) => (
            <li key={person.id}>
              <Mark tone="good" icon="check" text={words.approvedBy(person.name, when(at))} />
            </li>
          ))}
        </ul>
        {standing === "open" && (
          <>
            <p>{words.check}</p>
            <ApproveDraft draft={draft} onChanged={onChanged} />
          </>
        )}
        {draft.atBox !== null && <AtBoxMark atBox={draft.atBox} />}
        {standing === "raised" && draft.box === null && (
          <Button variant="brand" onClick={() => go({ page: "emergency", id: draft.id })}>
            {words.raised}
          </Button>
        )}
        {(standing === "overtaken" || standing === "expired") && (
          <Again draft={draft} isOvertaken={standing === "overtaken"} />
        )}
      </section>
      {standing === "open" && <SimulatedApprovers draft={draft} onApproved={onChanged} />}
    </>
  );
}

function Again({
  draft,
  isOvertaken,
}: {
  readonly draft: calls.Draft;
  readonly isOvertaken: boolean;
}): VNode {
  const words = t.value.trust.draft;
  const again = async () => {
    const answer = await calls.draftAgain(draft.id);
    if (answer.ok) go({ page: "draft", id: answer.value.draft.id });
  };
  return (
    <>
      {isOvertaken && (
        <Callout variant="warning">
          <Icon slot="icon" name="alert" />
          {words.overtakenMeans}
        </Callout>
      )}
      <Button appearance="outlined" onClick={() => void again()}>
        {words.again}
      </Button>
    </>
  );
}
