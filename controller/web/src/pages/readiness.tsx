import { DAY_MS, HOUR_MS, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { sayAgainst } from "../i18n/say.ts";
import { chosenArea } from "../live/choice.ts";
import { now } from "../live/clock.ts";
import { areas, loadFleet, loading, rows } from "../live/fleet.ts";
import { AreaSelect } from "../parts/area-select.tsx";
import { Ago } from "../parts/instant.tsx";
import { Empty, Refusal, Waiting } from "../parts/loaded.tsx";
import { FaultMark, Mark } from "../parts/mark.tsx";
import { SessionHead } from "../parts/readiness-panel.tsx";
import { Button, Option, Select, textOf } from "../parts/web-awesome.tsx";
import { linkTo } from "../router.ts";
import { rowsWithin } from "../view/area-tally.ts";
import { type SessionAhead, sessionsAhead, type ToFix } from "../view/trouble.ts";

const spans = {
  soon: 15 * MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  all: Number.POSITIVE_INFINITY,
} as const;
type Span = keyof typeof spans;
const spanNames = ["soon", "hour", "day", "all"] as const satisfies readonly Span[];

/** Every line counts its ages each second. */
const LINES_AT_ONCE = 100;

/** Everything that somebody should look after before it is due, live. */
export function ReadinessPage(): VNode {
  const [span, setSpan] = useState<Span>("day");
  const words = t.value.readiness;
  if (loading.value === "first") return <Waiting />;
  if (loading.value !== "done") return <Refusal problem={loading.value} onRetry={() => void loadFleet()} />;
  const here = rowsWithin(rows.value, areas.value, chosenArea.value);
  const sessions = sessionsAhead(here, now.value).filter((one) => one.dueAt - now.value <= spans[span]);
  const troubled = sessions.filter((one) => one.toFix.length > 0);
  return (
    <div class="readiness-page">
      <h1>{words.title}</h1>
      <p class="quiet">{words.explain}</p>
      <div class="choices">
        <AreaSelect
          label={t.value.receipts.area}
          all={t.value.receipts.allAreas}
          value={chosenArea.value}
          onChoose={(area) => (chosenArea.value = area)}
        />
        <Select
          label={words.within}
          value={span}
          onChange={(event) => setSpan(spanNames.find((one) => one === textOf(event)) ?? "day")}
        >
          {spanNames.map((one) => (
            <Option key={one} value={one}>
              {words.spans[one]}
            </Option>
          ))}
        </Select>
      </div>
      {sessions.length === 0 && <Empty>{words.noneSoon}</Empty>}
      {sessions.length > 0 && troubled.length === 0 && <Mark tone="good" icon="check" text={words.none} />}
      {troubled.map((session) => (
        <SessionList key={session.occurrenceId} session={session} />
      ))}
    </div>
  );
}

function SessionList({ session }: { readonly session: SessionAhead }): VNode {
  const [limit, setLimit] = useState(LINES_AT_ONCE);
  const left = session.toFix.length - limit;
  return (
    <section class="fix-session">
      <SessionHead session={session} />
      <ul class="plain fix-list">
        {session.toFix.slice(0, limit).map((one) => (
          <Line key={one.row.boxId} one={one} />
        ))}
      </ul>
      {left > 0 && (
        <Button appearance="outlined" onClick={() => setLimit(limit + LINES_AT_ONCE)}>
          {t.value.state.showMore(Math.min(left, LINES_AT_ONCE))}
        </Button>
      )}
    </section>
  );
}

function Line({ one: { row, severity } }: { readonly one: ToFix }): VNode {
  return (
    <li class={`fix-line fix-${severity}`}>
      <div class="fix-place">
        <a href={linkTo({ page: "box", id: row.boxId })}>{row.clusterName}</a>
        <span class="quiet">{row.areaName}</span>
      </div>
      <ul class="plain fix-reasons">
        {row.against.map((against) => (
          <li key={sayAgainst(t.value, against)}>
            <FaultMark severity={against.severity} text={sayAgainst(t.value, against)} />
          </li>
        ))}
      </ul>
      <LastLook row={row} />
    </li>
  );
}

function LastLook({ row: { readiness } }: Pick<ToFix, "row">): VNode {
  const words = t.value.readiness;
  return (
    <div class="fix-look quiet">
      <span>
        {words.looked}:{" "}
        {readiness.at === null ? words.neverLooked : <Ago of={readiness.at} say={t.value.state.ago} />}
      </span>
      {readiness.stage !== null && <span>{words.stage[readiness.stage]}</span>}
    </div>
  );
}
