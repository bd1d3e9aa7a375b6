import {
  DAY_MS,
  type LocalDate,
  type LocalTime,
  localDate,
  plus,
  toInstant,
  toLocal,
} from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Occurrence } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayTime } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { Mark } from "../parts/mark.tsx";
import { Input, textOf } from "../parts/web-awesome.tsx";
import { linkTo } from "../router.ts";
import { durationText } from "../view/ages.ts";

const midnight = "00:00:00" as LocalTime;

export function AgendaPage(): VNode {
  const [date, setDate] = useState<LocalDate>(() => toLocal(now.peek()).date);
  const from = toInstant(date, midnight);
  const answer = useAnswer(() => calls.agenda(from, plus(from, DAY_MS)), [date]);
  const words = t.value.agenda;
  const choose = (event: Event) => {
    const parsed = localDate.safeParse(textOf(event));
    if (parsed.success) setDate(parsed.data);
  };
  return (
    <div class="agenda-page">
      <h1>{words.title}</h1>
      <Input class="narrow" label={words.date} type="date" value={date} onInput={choose} />
      <Loaded from={answer}>
        {({ occurrences }) =>
          occurrences.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            <ol class="plain agenda">
              {occurrences.map((one) => (
                <AgendaItem key={one.id} occurrence={one} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </div>
  );
}

function AgendaItem({ occurrence }: { readonly occurrence: Occurrence }): VNode {
  const { at, endsAt, title, scheduleId, boxes } = occurrence;
  return (
    <li>
      <time class="agenda-time" dateTime={new Date(at).toISOString()}>
        {sayTime(toLocal(at).time)}
      </time>
      <span class="agenda-title">
        <a href={linkTo({ page: "schedule", id: scheduleId })}>{title}</a>
        <span class="quiet">
          {durationText(endsAt - at)} · {t.value.state.boxes(boxes)}
        </span>
      </span>
      <Standing occurrence={occurrence} />
    </li>
  );
}

function Standing({ occurrence: { at, endsAt } }: { readonly occurrence: Occurrence }): VNode {
  const words = t.value.agenda;
  if (now.value >= endsAt) return <Mark tone="quiet" icon="check" text={words.done} />;
  if (now.value >= at) return <Mark tone="info" icon="wave" text={words.now} />;
  return <Mark tone="quiet" icon="clock" text={words.ahead} />;
}
