import type { VNode } from "preact";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayReason } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { linkTo } from "../router.ts";
import { type SilentSession, silentSessions } from "../view/trouble.ts";
import { Until, When } from "./instant.tsx";
import { Mark } from "./mark.tsx";

/** Sessions shown, and names shown for each, before «and n more». */
const SESSIONS_SHOWN = 3;

/** Which poles will not speak at the next sessions, and why, before they start. */
export function SilentPanel({
  rows,
  namesShown = 6,
}: {
  readonly rows: readonly BoxRow[];
  readonly namesShown?: number;
}): VNode {
  const words = t.value.overview;
  const sessions = silentSessions(rows, now.value);
  const troubled = sessions.filter((one) => one.silent.length > 0);
  return (
    <section class={`panel ${toneOf(sessions.length, troubled.length)}`} aria-labelledby="silent">
      <h2 id="silent">{troubled.length > 0 ? words.silentTitle : words.nextTitle}</h2>
      {sessions.length === 0 && <p>{words.silentNoSession}</p>}
      {sessions.length > 0 && troubled.length === 0 && (
        <Mark tone="good" icon="check" text={words.silentNone} />
      )}
      {sessions.slice(0, SESSIONS_SHOWN).map((session) => (
        <Session key={session.occurrenceId} session={session} namesShown={namesShown} />
      ))}
    </section>
  );
}

function toneOf(sessions: number, troubled: number): string {
  if (troubled > 0) return "panel-bad";
  return sessions > 0 ? "panel-good" : "";
}

function Session({
  session,
  namesShown,
}: {
  readonly session: SilentSession;
  readonly namesShown: number;
}): VNode {
  const words = t.value.overview;
  const { silent, due } = session;
  return (
    <div class="silent-session">
      <h3>
        <When at={session.dueAt} /> · {session.title}{" "}
        <span class="quiet">
          ({t.value.schedules.startsIn.toLowerCase()} <Until at={session.dueAt} />)
        </span>
      </h3>
      {silent.length === 0 ? (
        <Mark tone="good" icon="check" text={words.allReady(due)} />
      ) : (
        <>
          <Mark tone="bad" icon="cross" text={words.silentOf(silent.length, due)} />
          <ul class="plain silent-names">
            {silent.slice(0, namesShown).map(({ row, reasons }) => (
              <li key={row.boxId}>
                <a href={linkTo({ page: "box", id: row.boxId })}>{row.clusterName}</a>
                <span>{reasons.map((reason) => sayReason(t.value, reason)).join("; ")}</span>
              </li>
            ))}
          </ul>
          {silent.length > namesShown && <p class="quiet">{words.moreSilent(silent.length - namesShown)}</p>}
        </>
      )}
    </div>
  );
}
