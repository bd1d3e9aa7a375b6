import type { ScheduleId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Answer, Problem } from "../api/http.ts";
import type { ReceiptRow, Schedule } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayRecurrence, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { freshReceipts } from "../live/feed.ts";
import { Empty, Loaded, Refusal, useAnswer } from "../parts/loaded.tsx";
import { NextStart, ScheduleMark } from "../parts/schedule-facts.tsx";
import { ScheduleTargets } from "../parts/schedule-targets.tsx";
import { ScheduleWords } from "../parts/schedule-words.tsx";
import { SessionCard } from "../parts/session-card.tsx";
import { Button } from "../parts/web-awesome.tsx";
import { WithdrawButton } from "../parts/withdraw-button.tsx";
import { linkTo } from "../router.ts";
import { sessionsOf } from "../view/sessions.ts";

/** Receipts of this many days back are loaded; older ones are on the receipts page. */
const RECEIPT_DAYS = 7;

export function SchedulePage({ id }: { readonly id: ScheduleId }): VNode {
  const answer = useAnswer(() => calls.schedule(id), [id]);
  return (
    <div class="schedule-page">
      <a href={linkTo({ page: "schedules" })}>← {t.value.schedules.title}</a>
      <Loaded from={answer}>
        {({ schedule }) => <Body schedule={schedule} onChanged={answer.reload} />}
      </Loaded>
    </div>
  );
}

function Body({
  schedule,
  onChanged,
}: {
  readonly schedule: Schedule;
  readonly onChanged: () => void;
}): VNode {
  const words = t.value.schedules;
  return (
    <>
      <h1>{schedule.title}</h1>
      <section class="panel" aria-label={words.title}>
        <ScheduleMark schedule={schedule} />
        <p>{sayRecurrence(t.value, schedule.recurrence)}</p>
        <p>
          {words.areas}: {schedule.areaNames.join(", ")}
        </p>
        <p class="quiet">
          {t.value.words.class[schedule.class]} ·{" "}
          {words.by(schedule.createdByName, sayWhen(t.value, schedule.createdAt, now.value))}
        </p>
        {(schedule.chime || schedule.turns) && (
          <p class="quiet">
            {[
              ...(schedule.chime ? [t.value.programmes.withChime] : []),
              ...(schedule.turns ? [t.value.programmes.inTurns] : []),
            ].join(" · ")}
          </p>
        )}
        <NextStart schedule={schedule} />
        <ScheduleWords schedule={schedule} />
        <Acts schedule={schedule} onChanged={onChanged} />
      </section>
      <ScheduleTargets schedule={schedule} />
      <Results id={schedule.id} />
    </>
  );
}

function Acts({
  schedule,
  onChanged,
}: {
  readonly schedule: Schedule;
  readonly onChanged: () => void;
}): VNode | null {
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = t.value.schedules;
  if (schedule.withdrawnAt !== null) return null;
  const act = async (call: Promise<Answer<unknown>>) => {
    const answer = await call;
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) onChanged();
  };
  return (
    <>
      {problem !== null && <Refusal problem={problem} />}
      <div class="actions">
        {schedule.exception === "asked" && (
          <>
            <Button variant="warning" onClick={() => void act(calls.confirmException(schedule.id))}>
              {words.confirmException}
            </Button>
            <span class="quiet">{words.confirmExplain}</span>
          </>
        )}
        <WithdrawButton onWithdraw={() => void act(calls.withdraw(schedule.id))} />
      </div>
    </>
  );
}

/** Receipts of the last days, and those that come in while somebody watches. */
function Results({ id }: { readonly id: ScheduleId }): VNode {
  const answer = useAnswer(
    () =>
      calls.receipts({
        schedule: id,
        from: plus(now.peek(), -RECEIPT_DAYS * DAY_MS),
        to: plus(now.peek(), DAY_MS),
      }),
    [id],
  );
  const fresh = freshReceipts.value.filter((one) => one.occurrenceId.startsWith(`${id}@`));
  const words = t.value.schedules;
  return (
    <section aria-labelledby="results">
      <h2 id="results">{words.results}</h2>
      <Loaded from={answer}>{({ receipts }) => <Sessions receipts={[...receipts, ...fresh]} />}</Loaded>
    </section>
  );
}

function Sessions({ receipts }: { readonly receipts: readonly ReceiptRow[] }): VNode {
  const sessions = sessionsOf(receipts);
  if (sessions.length === 0) return <Empty>{t.value.schedules.waitingReceipts}</Empty>;
  return (
    <div>
      {sessions.map((session, index) => (
        <SessionCard key={session.occurrenceId} session={session} open={index === 0} isLive={index === 0} />
      ))}
    </div>
  );
}
