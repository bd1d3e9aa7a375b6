import type { VNode } from "preact";
import * as calls from "../api/standing-calls.ts";
import { t } from "../i18n/language.ts";
import { mayRaise } from "../live/may-raise.ts";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { SeverityMark } from "../parts/severity-mark.tsx";
import { StandingState, StandingUse } from "../parts/standing-facts.tsx";
import { StandingForm } from "../parts/standing-form.tsx";
import { linkTo } from "../router.ts";

/** Which alerts of others go out by themselves, and in which words. */
export function StandingApprovalsPage(): VNode {
  const words = t.value.standing;
  const answer = useAnswer(calls.standingApprovals, []);
  return (
    <div class="form-page emergencies-page">
      <a href={linkTo({ page: "emergencies" })}>← {t.value.emergency.back}</a>
      <h1>{words.title}</h1>
      <p class="quiet">{words.explain}</p>
      <Loaded from={answer}>
        {({ standingApprovals, senders }) => (
          <>
            {standingApprovals.length === 0 ? (
              <Empty>{words.none}</Empty>
            ) : (
              <ul class="plain emergency-list">
                {standingApprovals.map((one) => (
                  <Item key={one.id} one={one} />
                ))}
              </ul>
            )}
            {mayRaise() && (
              <section aria-labelledby="add">
                <h2 id="add">{words.add}</h2>
                {senders.length === 0 ? <Empty>{words.noSenders}</Empty> : <StandingForm senders={senders} />}
              </section>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function Item({ one }: { readonly one: calls.StandingApproval }): VNode {
  const words = t.value.standing;
  return (
    <li class={`panel emergency-item ${one.severity}`}>
      <SeverityMark severity={one.severity} />
      <h3>
        <a href={linkTo({ page: "standing-approval", id: one.id })}>{one.headline}</a>
      </h3>
      <StandingState one={one} />
      {one.state === "open" && <p>{t.value.trust.draft.progress(one.approvals.length, one.needed ?? 0)}</p>}
      <p>
        {words.from(one.sender)} · {words.events(one.events.join(", "))} · {one.areaNames.join(", ")}
      </p>
      <StandingUse one={one} />
    </li>
  );
}
