import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Alert } from "../api/alert-calls.ts";
import * as calls from "../api/emergency-calls.ts";
import type { Emergency } from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { running } from "../live/emergencies.ts";
import { mayRaise } from "../live/may-raise.ts";
import { AlertList } from "../parts/alert-list.tsx";
import { DraftList } from "../parts/draft-list.tsx";
import { EmergencyForm } from "../parts/emergency-form.tsx";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { SeverityMark } from "../parts/severity-mark.tsx";
import { Callout, Icon } from "../parts/web-awesome.tsx";
import { linkTo } from "../router.ts";
import { emptyEmergency, formFromAlert } from "../view/emergency-form.ts";
import { sayRaised } from "../view/say-raised.ts";
import { stoppedWords } from "../view/stopped-words.ts";

export function EmergenciesPage(): VNode {
  const words = t.value.emergency;
  const answer = useAnswer(calls.emergencies, [running.value]);
  const [used, setUsed] = useState<Alert | null>(null);
  const use = (alert: Alert) => {
    setUsed(alert);
    document.getElementById("raise")?.scrollIntoView();
  };
  return (
    <div class="form-page emergencies-page">
      <h1>{words.title}</h1>
      {running.value.length === 0 && <p class="quiet">{words.noneRunning}</p>}
      <DraftList />
      {mayRaise() && <AlertList onUse={use} />}
      <p>
        <a href={linkTo({ page: "standing-approvals" })}>{t.value.standing.toAll}</a>
      </p>
      <section aria-labelledby="raise">
        <h2 id="raise">{words.newTitle}</h2>
        {mayRaise() ? (
          <>
            {used !== null && (
              <Callout variant="neutral" role="status">
                <Icon slot="icon" name="help" />
                {t.value.alert.using}
              </Callout>
            )}
            <EmergencyForm
              key={used?.id ?? ""}
              begun={used === null ? emptyEmergency : formFromAlert(used, now.value)}
            />
          </>
        ) : (
          <Callout variant="neutral">
            <Icon slot="icon" name="help" />
            {words.mayNot}
          </Callout>
        )}
      </section>
      <section aria-labelledby="earlier">
        <h2 id="earlier">{words.earlier}</h2>
        <Loaded from={answer}>
          {({ emergencies }) =>
            emergencies.length === 0 ? (
              <Empty>{words.earlierNone}</Empty>
            ) : (
              <ul class="plain emergency-list">
                {emergencies.map((one) => (
                  <EmergencyItem key={one.id} emergency={one} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
    </div>
  );
}

function EmergencyItem({ emergency }: { readonly emergency: Emergency }): VNode {
  const words = t.value.emergency;
  return (
    <li class={`panel emergency-item ${emergency.severity}`}>
      <SeverityMark severity={emergency.severity} />
      <h3>
        <a href={linkTo({ page: "emergency", id: emergency.id })}>{emergency.headline}</a>
      </h3>
      <p class="quiet">
        {[
          words.standing[emergency.standing],
          emergency.areaNames.join(", "),
          ...stoppedWords(emergency),
          sayRaised(emergency, sayWhen(t.value, emergency.at, now.value)),
        ].join(" · ")}
      </p>
    </li>
  );
}
