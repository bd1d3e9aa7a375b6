import type { VNode } from "preact";
import type { BoxRow, Schedule } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { areas, rows } from "../live/fleet.ts";
import { linkTo } from "../router.ts";
import { areasWithin } from "../view/area-tally.ts";
import { isSounding, mayBeInaudible } from "../view/known-now.ts";
import { nextOf, problemsFirst } from "../view/trouble.ts";
import { Mark, PresenceMark, ReadinessMark } from "./mark.tsx";

/** The clusters that this schedule is for, with what can be said of each before and while it plays. */
export function ScheduleTargets({ schedule }: { readonly schedule: Schedule }): VNode {
  const words = t.value.schedules;
  const targets = targetsOf(schedule);
  const playing = targets.filter((row) => belongs(row.onAir, schedule) && isSounding(row));
  const waiting = targets.filter((row) => belongs(nextOf(row, now.value), schedule));
  const ready = waiting.filter((row) => row.readiness.state === "ready").length;
  return (
    <section aria-labelledby="targets">
      <h2 id="targets">{words.target}</h2>
      <p class="target-sum" role="status">
        {playing.length > 0 && <Mark tone="info" icon="wave" text={words.playing(playing.length)} />}
        {waiting.length > 0 && (
          <Mark
            tone={ready === waiting.length ? "good" : "warn"}
            icon={ready === waiting.length ? "check" : "alert"}
            text={words.readyOf(ready, waiting.length)}
          />
        )}
      </p>
      <ul class="plain targets">
        {targets.map((row) => (
          <li key={row.boxId}>
            <a href={linkTo({ page: "box", id: row.boxId })}>{row.clusterName}</a>
            <TargetMark row={row} schedule={schedule} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function TargetMark({ row, schedule }: { readonly row: BoxRow; readonly schedule: Schedule }): VNode {
  if (belongs(row.onAir, schedule)) {
    return mayBeInaudible(row) ? (
      <Mark tone="warn" icon="wave" text={t.value.overview.mayBeInaudible} />
    ) : (
      <Mark tone="info" icon="wave" text={t.value.agenda.now} />
    );
  }
  if (row.presence.state !== "online") return <PresenceMark state={row.presence.state} />;
  if (belongs(nextOf(row, now.value), schedule)) {
    return (
      <span>
        <ReadinessMark state={row.readiness.state} />{" "}
        {row.readiness.lacks.map((one) => t.value.words.cause[one]).join("; ")}
      </span>
    );
  }
  return <PresenceMark state={row.presence.state} />;
}

function targetsOf(schedule: Schedule): readonly BoxRow[] {
  const within = new Set(schedule.areas.flatMap((area) => [...areasWithin(areas.value, area)]));
  return problemsFirst(rows.value.filter((row) => within.has(row.areaId)));
}

function belongs(of: { readonly occurrenceId: string } | null, schedule: Schedule): boolean {
  return of?.occurrenceId.startsWith(`${schedule.id}@`) === true;
}
