import { nextStart } from "@loa/shared/broadcast/recurrence.ts";
import { type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import type { Schedule } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { Until, When } from "./instant.tsx";
import { Mark } from "./mark.tsx";

/** The first start ahead by the same rule that the boxes use; null when none is left or it was withdrawn. */
export function startAhead(schedule: Schedule, at: Instant): Instant | null {
  if (schedule.withdrawnAt !== null) return null;
  return nextStart(schedule.recurrence, at)?.at ?? null;
}

export function ScheduleMark({ schedule }: { readonly schedule: Schedule }): VNode {
  const words = t.value.schedules;
  if (schedule.withdrawnAt !== null) {
    return <Mark tone="quiet" icon="cross" text={words.withdrawn} />;
  }
  if (schedule.exception === "asked") return <Mark tone="warn" icon="clock" text={words.waiting} />;
  if (startAhead(schedule, byMinute(now.value)) === null) {
    return <Mark tone="quiet" icon="check" text={words.ended} />;
  }
  if (schedule.exception === "confirmed") return <Mark tone="good" icon="check" text={words.exception} />;
  return <Mark tone="good" icon="check" text={words.inForce} />;
}

export function NextStart({ schedule }: { readonly schedule: Schedule }): VNode {
  const at = startAhead(schedule, now.value);
  const words = t.value.schedules;
  return (
    <p>
      {words.nextStart}:{" "}
      {at === null ? (
        <span class="quiet">{words.noNext}</span>
      ) : (
        <strong>
          <When at={at} /> ({t.value.state.inTime("").trim()} <Until at={at} />)
        </strong>
      )}
    </p>
  );
}

/** A session that starts this minute is not yet over, whatever its second. */
function byMinute(at: Instant): Instant {
  return plus(at, -(at % MINUTE_MS));
}
