import { DAY_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import type { RosterAnswer, ShownKey } from "../api/trust-calls.ts";
import { t } from "../i18n/language.ts";
import { sayDay } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { areaName } from "../live/fleet.ts";
import { Mark } from "./mark.tsx";
import { Callout, Icon } from "./web-awesome.tsx";

/** The first of the days before an end at which somebody must act. */
const EXPIRES_SOON_MS = 60 * DAY_MS;

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
  const isSoon = roster.expiresAt - now.value < EXPIRES_SOON_MS;
  const isEverywhere = boxes.older + boxes.none === 0;
  return (
    <div class="panel roster-panel">
      <p>
        <strong>{words.version(roster.version, sayDay(roster.issuedAt))}</strong> ·{" "}
        {words.needed(roster.approvals.actual, roster.approvals.exercise)} ·{" "}
        {words.rootRule(roster.threshold, roster.rootKeys.length)}
      </p>
      <p>
        <Mark
          tone={isSoon ? "warn" : "good"}
          icon={isSoon ? "clock" : "check"}
          text={words.expires(sayDay(roster.expiresAt))}
        />
      </p>
      <p>
        <Mark
          tone={isEverywhere ? "good" : "warn"}
          icon={isEverywhere ? "check" : "clock"}
          text={words.boxes(boxes.current, boxes.older, boxes.none)}
        />
      </p>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.holder}</th>
              <th scope="col">{words.key}</th>
              <th scope="col">{words.may}</th>
              <th scope="col">{words.until}</th>
            </tr>
          </thead>
          <tbody>
            {roster.keys.map((key) => (
              <KeyRow key={key.id} known={key} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function KeyRow({ known: { id, holder, grants, copiedAt } }: { readonly known: ShownKey }): VNode {
  const words = t.value.trust.security;
  const may = grants.map(
    ({ classes, areas }) =>
      `${classes.map((one) => words.classes[one]).join(", ")} (${areas.map(areaName).join(", ")})`,
  );
  const until = grants.map((one) => one.to).toSorted((a, b) => a - b)[0];
  return (
    <tr>
      <th scope="row">{holder?.name ?? words.machine}</th>
      <td>
        <code>{id}</code>
        {copiedAt !== null && <Mark tone="bad" icon="alert" text={words.copiedKey} />}
      </td>
      <td>{may.join("; ")}</td>
      <td>{until === undefined ? "" : sayDay(until)}</td>
    </tr>
  );
}
