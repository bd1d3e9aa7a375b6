import type { BoxId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import * as calls from "../api/calls.ts";
import type { Why } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayRecurrence, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { linkTo } from "../router.ts";
import { AirRulesText } from "./air-rules-text.tsx";
import { Loaded, useAnswer } from "./loaded.tsx";
import { closedBy } from "./stop-dialog.tsx";
import { Dialog } from "./web-awesome.tsx";

/** Why this cluster plays this at this time: whose schedule, by which area, under which rules. */
export function WhyDialog({
  box,
  occurrence,
  onClose,
}: {
  readonly box: BoxId;
  readonly occurrence: OccurrenceId;
  readonly onClose: () => void;
}): VNode {
  const answer = useAnswer(() => calls.why(box, occurrence), [box, occurrence]);
  return (
    <Dialog label={t.value.box.whyTitle} open onwa-after-hide={closedBy(onClose)}>
      <Loaded from={answer}>{(why) => <Explanation why={why} />}</Loaded>
    </Dialog>
  );
}

function Explanation({ why }: { readonly why: Why }): VNode {
  const words = t.value.box;
  const { schedule, emergency, createdBy, exceptionBy } = why;
  return (
    <>
      <p>
        <strong>{sayOutcome(why)}</strong>
      </p>
      <dl class="pairs">
        {schedule !== null && (
          <>
            <dt>{t.value.schedules.title}</dt>
            <dd>
              <a href={linkTo({ page: "schedule", id: schedule.id })}>{schedule.title}</a>
              {createdBy !== null && <span class="quiet">{words.whyBy(createdBy.name)}</span>}
              {exceptionBy !== null && <span class="quiet">{words.whyException(exceptionBy.name)}</span>}
            </dd>
          </>
        )}
        {emergency !== null && (
          <>
            <dt>{t.value.emergency.severity[emergency.severity]}</dt>
            <dd>
              <a href={linkTo({ page: "emergency", id: emergency.id })}>{emergency.headline}</a>
              {createdBy !== null && (
                <span class="quiet">
                  {t.value.emergency.raisedBy(createdBy.name, sayWhen(t.value, createdBy.at, now.value))}
                </span>
              )}
            </dd>
          </>
        )}
        {why.programme !== null && (
          <>
            <dt>{words.whyProgramme}</dt>
            <dd>{why.programme.title}</dd>
          </>
        )}
        <dt>{words.whyArea}</dt>
        <dd>
          <AreaPath path={why.areaPath} />
        </dd>
        {why.recurrence !== null && (
          <>
            <dt>{words.whyRule}</dt>
            <dd>{sayRecurrence(t.value, why.recurrence)}</dd>
          </>
        )}
        <dt>{t.value.broadcast.rulesTitle}</dt>
        <dd>
          <AirRulesText rules={why.rules} />
        </dd>
      </dl>
    </>
  );
}

/** From the top down, as people say it; the areas that the schedule was made for stand out. */
function AreaPath({ path }: { readonly path: Why["areaPath"] }): VNode {
  return (
    <span>
      {[...path].reverse().map((one, index) => (
        <span key={one.id}>
          {index > 0 && " › "}
          {one.isSource ? <strong>{one.name}</strong> : one.name}
        </span>
      ))}
    </span>
  );
}

function sayOutcome({ outcome, emergency }: Why): string {
  const words = t.value.box.whyOutcome;
  if (emergency !== null && outcome.kind === "plays") return t.value.emergency.whyPlays;
  if (emergency !== null && outcome.kind === "withdrawn") {
    return t.value.emergency.whyCancelled(sayWhen(t.value, outcome.at, now.value));
  }
  switch (outcome.kind) {
    case "refused":
      return words.refused(outcome.code);
    case "waits":
      return words.waits(outcome.title);
    case "withdrawn":
      return words.withdrawn(sayWhen(t.value, outcome.at, now.value));
    case "plays":
    case "nothing":
    case "unconfirmed":
      return words[outcome.kind];
  }
}
