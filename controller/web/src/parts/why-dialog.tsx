import type { BoxId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import * as calls from "../api/calls.ts";
import { t } from "../i18n/language.ts";
import { sayRecurrence } from "../i18n/say.ts";
import { linkTo } from "../router.ts";
import { AirRulesText } from "./air-rules-text.tsx";
import { Loaded, useAnswer } from "./loaded.tsx";
import { VerdictMark } from "./mark.tsx";
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
  const words = t.value.box;
  return (
    <Dialog label={words.whyTitle} open onwa-after-hide={closedBy(onClose)}>
      <Loaded from={answer}>
        {(why) => (
          <dl class="pairs">
            <dt>{t.value.schedules.title}</dt>
            <dd>
              <a href={linkTo({ page: "schedule", id: why.schedule.id })}>{why.schedule.title}</a>
              {why.createdBy !== null && <span class="quiet">{words.whyBy(why.createdBy)}</span>}
            </dd>
            <dt>{words.whyArea}</dt>
            <dd>{why.areaPath.map((one) => one.name).join(" › ")}</dd>
            {why.recurrence !== null && (
              <>
                <dt>{words.whyRule}</dt>
                <dd>{sayRecurrence(t.value, why.recurrence)}</dd>
              </>
            )}
            {why.rules !== null && (
              <>
                <dt>{t.value.broadcast.rulesTitle}</dt>
                <dd>
                  <AirRulesText rules={why.rules} />
                </dd>
              </>
            )}
            {why.outcome !== null && (
              <>
                <dt>{t.value.receipts.verdict}</dt>
                <dd>
                  <VerdictMark verdict={why.outcome.verdict} />{" "}
                  {why.outcome.cause !== null && t.value.words.cause[why.outcome.cause]}
                </dd>
              </>
            )}
          </dl>
        )}
      </Loaded>
    </Dialog>
  );
}
