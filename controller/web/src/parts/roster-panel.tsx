import type { VNode } from "preact";
import type { RosterAnswer, RosterExpiry, ShownKey } from "../api/trust-calls.ts";
import { t } from "../i18n/language.ts";
import { sayDay } from "../i18n/say.ts";
import { areaName } from "../live/fleet.ts";
import { Mark, type Tone } from "./mark.tsx";
import { Callout, Icon, type IconName } from "./web-awesome.tsx";

const looks: Readonly<Record<RosterExpiry["state"], readonly [Tone, IconName]>> = {
  valid: ["good", "check"],
  expiring: ["warn", "clock"],
  expired: ["bad", "cross"],
};

export function RosterPanel({ known: { roster, boxes } }: { readonly known: RosterAnswer }): VNode {
  const words = t.value.trust.security;
  if (roster === null) {
    return (
      <Callout variant="warning" role="alert">
        <Icon slot="icon" name="alert" />
        {words.noRoster}
      </Callout>
    );
  }
  const ofRoster = roster.expiries.find(({ what }) => what === "roster");
  const isEverywhere = boxes.older + boxes.none === 0;
  return (
    <div class="panel roster-panel">
      <p>
        <strong>{words.version(roster.version, sayDay(roster.issuedAt))}</strong> ·{" "}
        {words.needed(roster.approvals.actual, roster.approvals.exercise)} ·{" "}
        {words.rootRule(roster.threshold, roster.rootKeys.length)}
      </p>
      <p>{ofRoster !== undefined && <Expires expiry={ofRoster} />}</p>
      <p>
        <Mark
          tone={isEverywhere ? "good" : "warn"}
          icon={isEverywhere ? "check" : "clock"}
          text={words.boxes(boxes.current, boxes.older, boxes.none)}
        />
      </p>
      <ul class="plain roster-keys">
        {roster.keys.map((key) => (
          <KeyItem
            key={key.id}
            known={key}
            expiry={roster.expiries.find((one) => one.key === key.id) ?? null}
          />
        ))}
      </ul>
    </div>
  );
}

function KeyItem({
  known: { id, holder, grants, copiedAt },
  expiry,
}: {
  readonly known: ShownKey;
  readonly expiry: RosterExpiry | null;
}): VNode {
  const words = t.value.trust.security;
  const may = grants.map(
    ({ classes, areas }) =>
      `${classes.map((one) => words.classes[one]).join(", ")} (${areas.map(areaName).join(", ")})`,
  );
  return (
    <li>
      <strong>{holder?.name ?? words.machine}</strong>
      <span>
        <code>{id}</code>
        {copiedAt !== null && <Mark tone="bad" icon="alert" text={words.copiedKey} />}
      </span>
      <span>{may.join("; ")}</span>
      {expiry !== null && <Expires expiry={expiry} />}
    </li>
  );
}

function Expires({ expiry: { state, at } }: { readonly expiry: RosterExpiry }): VNode {
  const [tone, icon] = looks[state];
  const words = t.value.trust.security;
  return <Mark tone={tone} icon={icon} text={`${words.certificateState[state]}, ${sayDay(at)}`} />;
}
