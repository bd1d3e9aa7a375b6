import type { StandingApprovalId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import * as calls from "../api/standing-calls.ts";
import { t } from "../i18n/language.ts";
import { sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { AskFirst } from "../parts/ask-first.tsx";
import { Loaded, useAnswer } from "../parts/loaded.tsx";
import { Mark } from "../parts/mark.tsx";
import { PasskeyApproval } from "../parts/passkey-approval.tsx";
import { SeverityMark } from "../parts/severity-mark.tsx";
import { SimulatedApprovers } from "../parts/simulated-approvers.tsx";
import { StandingFacts, StandingState, StandingUse } from "../parts/standing-facts.tsx";
import { linkTo } from "../router.ts";

const ASK_EVERY_MS = 2_000;

/** One standing approval: what exactly is signed, who has signed, and one's own signature. */
export function StandingApprovalPage({ id }: { readonly id: StandingApprovalId }): VNode {
  const answer = useAnswer(() => calls.standingApprovalOf(id), [id]);
  useEffect(() => {
    const timer = setInterval(answer.reload, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [answer.reload]);
  return (
    <div class="emergency-page">
      <a href={linkTo({ page: "standing-approvals" })}>← {t.value.standing.back}</a>
      <Loaded from={answer}>
        {({ standingApproval }) => <Body one={standingApproval} onChanged={answer.reload} />}
      </Loaded>
    </div>
  );
}

function Body({
  one,
  onChanged,
}: {
  readonly one: calls.StandingApproval;
  readonly onChanged: () => void;
}): VNode {
  const words = t.value.trust.draft;
  const when = (at: typeof one.draftedAt) => sayWhen(t.value, at, now.value);
  return (
    <>
      <section
        class={`panel emergency-head ${one.severity}`}
        aria-label={t.value.emergency.severity[one.severity]}
      >
        <SeverityMark severity={one.severity} />
        <h1>{one.headline}</h1>
        <StandingState one={one} />
        <StandingFacts one={one} />
        <StandingUse one={one} />
        <p class="quiet">{words.author(one.author.name, when(one.draftedAt))}</p>
      </section>
      <section class="panel" aria-labelledby="approvals">
        <h2 id="approvals">{words.progress(one.approvals.length, one.needed ?? 0)}</h2>
        <ul class="plain draft-approvals">
          {one.approvals.map(({ person, at }) => (
            <li key={person.id}>
              <Mark tone="good" icon="check" text={words.approvedBy(person.name, when(at))} />
            </li>
          ))}
        </ul>
        <Actions one={one} onChanged={onChanged} />
      </section>
      {one.state === "open" && (
        <SimulatedApprovers
          draft={one}
          approveAs={(person) => calls.approveStandingAs(one.id, person)}
          onApproved={onChanged}
        />
      )}
    </>
  );
}

function Actions({
  one,
  onChanged,
}: {
  readonly one: calls.StandingApproval;
  readonly onChanged: () => void;
}): VNode | null {
  const words = t.value.standing;
  const takeBack = () => calls.withdrawStanding(one.id);
  if (one.state === "open") {
    return (
      <>
        <p>{words.check}</p>
        <PasskeyApproval
          text={one}
          words={words}
          send={(assertion) => calls.approveStanding(one.id, assertion)}
          takeBack={takeBack}
          onChanged={onChanged}
        />
      </>
    );
  }
  if (one.state !== "in-force" && one.state !== "void") return null;
  return (
    <div class="actions">
      <AskFirst
        label={words.withdraw}
        title={words.withdrawTitle}
        explain={words.withdrawExplain}
        onYes={() => void takeBack().then(onChanged)}
      />
    </div>
  );
}
