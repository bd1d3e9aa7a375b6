import type { AirRules } from "@loa/shared/broadcast/air-rules.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { sayTime } from "../i18n/say.ts";
import { durationText } from "../view/ages.ts";

export function AirRulesText({ rules }: { readonly rules: AirRules }): VNode {
  const words = t.value.broadcast;
  const parts: string[] = [];
  if (rules.quietHours.length > 0) {
    const spans = rules.quietHours.map((span) => `${sayTime(span.from)}–${sayTime(span.to)}`);
    parts.push(words.quietHours(spans.join(", ")));
  }
  if (rules.weekdays !== null) {
    parts.push(words.onlyDays(rules.weekdays.map((day) => t.value.words.weekday[day]).join(", ")));
  }
  if (rules.maxSessionsPerDay !== null) parts.push(words.maxSessions(rules.maxSessionsPerDay));
  if (rules.maxSessionMs !== null) parts.push(words.maxSession(durationText(rules.maxSessionMs)));
  return <span>{parts.length === 0 ? words.noRules : parts.join("; ")}</span>;
}
