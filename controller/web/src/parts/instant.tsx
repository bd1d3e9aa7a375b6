import { type Instant, toLocal } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { sayAge, sayDate, sayUntil, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";

/** `12 giây`, counting up by the controller's clock. The exact time is in the title. */
export function AgeText({ at }: { readonly at: Instant }): VNode {
  return (
    <time class="age" dateTime={new Date(at).toISOString()} title={exact(at)}>
      {sayAge(t.value, at, now.value)}
    </time>
  );
}

/** A sentence around an age that counts by itself. */
export function Ago({ of, say }: { readonly of: Instant; readonly say: (age: string) => string }): VNode {
  const [before = "", after = ""] = say("\u0000").split("\u0000");
  return (
    <span class="quiet">
      {before}
      <AgeText at={of} />
      {after}
    </span>
  );
}

/** `17:00 hôm nay`. */
export function When({ at }: { readonly at: Instant }): VNode {
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)}>
      {sayWhen(t.value, at, now.value)}
    </time>
  );
}

/** `25 giây` until then, counting down. */
export function Until({ at }: { readonly at: Instant }): VNode {
  return (
    <time class="age" dateTime={new Date(at).toISOString()} title={exact(at)}>
      {sayUntil(t.value, at, now.value)}
    </time>
  );
}

export function exact(at: Instant): string {
  const { date, time } = toLocal(at);
  return `${time} ${sayDate(date, true)}`;
}
