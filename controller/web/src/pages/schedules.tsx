import type { VNode } from "preact";
import * as calls from "../api/calls.ts";
import type { Schedule } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayRecurrence } from "../i18n/say.ts";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { NextStart, ScheduleMark } from "../parts/schedule-facts.tsx";
import { Button } from "../parts/web-awesome.tsx";
import { linkTo } from "../router.ts";

export function SchedulesPage(): VNode {
  const answer = useAnswer(calls.schedules, []);
  const words = t.value.schedules;
  return (
    <div class="schedules-page">
      <div class="page-head">
        <h1>{words.title}</h1>
        <Button variant="brand" href={linkTo({ page: "broadcast" })}>
          {words.new}
        </Button>
      </div>
      <Loaded from={answer}>
        {({ schedules }) =>
          schedules.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            <ul class="plain cards">
              {newestFirst(schedules).map((one) => (
                <ScheduleCard key={one.id} schedule={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}

function ScheduleCard({ schedule }: { readonly schedule: Schedule }): VNode {
  return (
    <li class="panel schedule-card">
      <h2>
        <a href={linkTo({ page: "schedule", id: schedule.id })}>{schedule.title}</a>
      </h2>
      <ScheduleMark schedule={schedule} />
      <p>{sayRecurrence(t.value, schedule.recurrence)}</p>
      <p class="quiet">
        {t.value.words.class[schedule.class]} · {schedule.areaNames.join(", ")}
      </p>
      <NextStart schedule={schedule} />
    </li>
  );
}

function newestFirst(schedules: readonly Schedule[]): readonly Schedule[] {
  return [...schedules].sort((a, b) => b.createdAt - a.createdAt);
}
