import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import type { ApprovalState, StandingApproval } from "../api/standing-calls.ts";
import { t } from "../i18n/language.ts";
import { sayCount, sayDay, sayLength, sayNumber, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { Mark, type Tone } from "./mark.tsx";
import { CorrectionFact, MessageFact } from "./sound-facts.tsx";
import type { IconName } from "./web-awesome.tsx";

const SHORT_HASH = 16;

const looks: Readonly<Record<ApprovalState, readonly [Tone, IconName]>> = {
  open: ["warn", "clock"],
  "in-force": ["good", "check"],
  void: ["bad", "cross"],
  withdrawn: ["quiet", "stop"],
  expired: ["bad", "clock"],
};

export function StandingState({ one }: { readonly one: StandingApproval }): VNode {
  const words = t.value.standing;
  const [tone, icon] = looks[one.state];
  const isEnding = one.state === "in-force" && one.alarmDays !== null;
  return (
    <>
      <Mark tone={tone} icon={icon} text={words.state[one.state]} />
      {one.state === "in-force" && !one.isKeyKnown && <Mark tone="bad" icon="cross" text={words.otherKey} />}
      {isEnding && <Mark tone="warn" icon="clock" text={words.expiring(one.alarmDays ?? 1)} />}
    </>
  );
}

/** How often it was used, and until when it can be. */
export function StandingUse({ one }: { readonly one: StandingApproval }): VNode {
  const words = t.value.standing;
  const last =
    one.lastUsedAt === null ? "" : `, ${words.lastUse(sayWhen(t.value, one.lastUsedAt, now.value))}`;
  return (
    <p class="quiet">
      {words.until(sayDay(one.to))} · {words.uses(one.uses)}
      {last}
      {one.withdrawnAt !== null &&
        ` · ${words.withdrawnBy(one.withdrawnBy?.name ?? "", sayWhen(t.value, one.withdrawnAt, now.value))}`}
    </p>
  );
}

/** Everything that is signed, in words. */
export function StandingFacts({ one }: { readonly one: StandingApproval }): VNode {
  const words = t.value.standing;
  const spoken = t.value.trust.draft;
  const people = one.people === null ? "" : ` · ${spoken.people(sayCount(t.value, one.people))}`;
  const events = [...one.events, ...one.eventCodes.map(({ valueName, value }) => `${valueName} ${value}`)];
  const { urgency, severity, certainty } = one.least;
  return (
    <ul class="plain draft-facts">
      <li>
        <strong>{words.from(one.sender)}</strong>
        {one.senderKeys.map((key) => (
          <span key={key.sha256} class="quiet">
            {words.key(key.sha256.slice(0, SHORT_HASH), sayDay(key.to))}
          </span>
        ))}
      </li>
      <li>{words.events(events.join(", "))}</li>
      <li>{words.least(words.urgency[urgency], words.severity[severity], words.certainty[certainty])}</li>
      <li>
        <strong>{one.areaNames.join(", ")}</strong>
        <span>
          {spoken.reach(one.clusters, one.boxes)}
          {people}
        </span>
        <span class="quiet">{words.codes(one.codes)}</span>
      </li>
      <li>
        {spoken.siren(sayNumber(t.value, one.sirenMs / SECOND_MS), one.times)},{" "}
        {spoken.gap(sayNumber(t.value, one.gapMs / SECOND_MS))},{" "}
        {words.longest(sayLength(t.value, one.durationMs))}
      </li>
      <MessageFact {...one} />
      <CorrectionFact {...one} />
    </ul>
  );
}
