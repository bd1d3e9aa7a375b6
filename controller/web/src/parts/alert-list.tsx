import type { VNode } from "preact";
import { type Alert, alerts, dismiss } from "../api/alert-calls.ts";
import { t } from "../i18n/language.ts";
import { sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { linkTo } from "../router.ts";
import { AskFirst } from "./ask-first.tsx";
import { Empty, Loaded, useAnswer } from "./loaded.tsx";
import { Mark, type Tone } from "./mark.tsx";
import { Button, type IconName } from "./web-awesome.tsx";

/** Alerts that wait for somebody to look at them. They change rarely, and every visit asks anew. */
export function AlertList({ onUse }: { readonly onUse: (alert: Alert) => void }): VNode {
  const words = t.value.alert;
  const answer = useAnswer(alerts, []);
  const putAside = async ({ id }: Alert) => {
    await dismiss(id);
    answer.reload();
  };
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">{words.title}</h2>
      <p class="quiet">{words.hint}</p>
      <Loaded from={answer}>
        {({ alerts: all }) => {
          const open = all.filter(({ standing }) => standing === "open");
          if (open.length === 0) return <Empty>{words.none}</Empty>;
          return (
            <ul class="plain emergency-list">
              {open.map((one) => (
                <AlertItem
                  key={one.id}
                  alert={one}
                  onUse={() => onUse(one)}
                  onDismiss={() => void putAside(one)}
                />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

const signatureLook: Readonly<Record<Alert["signature"], { readonly tone: Tone; readonly icon: IconName }>> =
  {
    good: { tone: "good", icon: "check" },
    unchecked: { tone: "warn", icon: "help" },
    none: { tone: "warn", icon: "alert" },
  };

interface AlertItemProps {
  readonly alert: Alert;
  readonly onUse: () => void;
  readonly onDismiss: () => void;
}

function AlertItem({ alert, onUse, onDismiss }: AlertItemProps): VNode {
  const words = t.value.alert;
  const { areaNames, areaDescs, expiresAt } = alert;
  const when = (at: Alert["sent"]) => sayWhen(t.value, at, now.value);
  return (
    <li class="panel alert-item">
      <p class="alert-kind">
        <strong>{words.status[alert.status]}</strong>
        {alert.severity !== null && ` · ${words.severity[alert.severity]}`}
        {alert.event !== null && ` · ${alert.event}`}
      </p>
      <h3>{alert.headline ?? alert.event}</h3>
      {alert.description !== null && <p>{alert.description}</p>}
      {alert.instruction !== null && <p>{alert.instruction}</p>}
      <p class="quiet">
        {words.from(alert.senderName ?? alert.sender, when(alert.sent))}
        {" · "}
        {expiresAt === null ? words.noEnd : words.until(when(expiresAt))}
      </p>
      <Mark {...signatureLook[alert.signature]} text={words.signature[alert.signature]} />
      {alert.broughtBy !== null && <p class="quiet">{words.broughtBy(alert.broughtBy)}</p>}
      <p>{areaNames.length > 0 ? words.where(areaNames.join(", ")) : words.nowhere(areaDescs.join(", "))}</p>
      <div class="alert-buttons">
        {alert.raised.map(({ id }) => (
          <a key={id} href={linkTo({ page: "emergency", id })}>
            {t.value.standing.raisedAlone}
          </a>
        ))}
        {alert.draft === null && alert.raised.length === 0 && (
          <Button variant="brand" onClick={onUse}>
            {words.use}
          </Button>
        )}
        {alert.draft !== null && <a href={linkTo({ page: "draft", id: alert.draft })}>{words.toDraft}</a>}
        <AskFirst
          label={words.dismiss}
          title={words.dismissTitle}
          explain={words.dismissExplain}
          onYes={onDismiss}
        />
      </div>
    </li>
  );
}
