import type { VNode } from "preact";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayAgainst } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { isWall, linkTo } from "../router.ts";
import { type SessionAhead, sessionsAhead, type ToFix } from "../view/trouble.ts";
import { Until, When } from "./instant.tsx";
import { Mark, SeverityIcon } from "./mark.tsx";

/** Sessions shown, and names shown for each, before «and n more». */
const SESSIONS_SHOWN = 3;

/** Which clusters to fix before the next sessions, and why. */
export function ReadinessPanel({
  rows,
  namesShown = 6,
}: {
  readonly rows: readonly BoxRow[];
  readonly namesShown?: number;
}): VNode {
  const words = t.value.readiness;
  const sessions = sessionsAhead(rows, now.value);
  const troubled = sessions.filter((one) => one.toFix.length > 0);
  return (
    <section class={`panel ${toneOf(sessions)}`} aria-labelledby="to-fix">
      <div class="panel-head">
        <h2 id="to-fix">{troubled.length > 0 ? words.title : t.value.overview.nextTitle}</h2>
        {troubled.length > 0 && !isWall && <a href={linkTo({ page: "readiness" })}>{words.all}</a>}
      </div>
      {sessions.length === 0 && <p>{t.value.overview.silentNoSession}</p>}
      {sessions.length > 0 && troubled.length === 0 && <Mark tone="good" icon="check" text={words.none} />}
      {sessions.slice(0, SESSIONS_SHOWN).map((session) => (
        <Session key={session.occurrenceId} session={session} namesShown={namesShown} />
      ))}
    </section>
  );
}

function toneOf(sessions: readonly SessionAhead[]): string {
  if (sessions.some((one) => one.silent > 0)) return "panel-bad";
  if (sessions.some((one) => one.doubtful > 0)) return "panel-warn";
  return sessions.length > 0 ? "panel-good" : "";
}

function Session({
  session,
  namesShown,
}: {
  readonly session: SessionAhead;
  readonly namesShown: number;
}): VNode {
  const { toFix } = session;
  return (
    <div class="silent-session">
      <SessionHead session={session} />
      {toFix.length > 0 && (
        <ul class="plain silent-names">
          {toFix.slice(0, namesShown).map((one) => (
            <FixLine key={one.row.boxId} one={one} />
          ))}
        </ul>
      )}
      {toFix.length > namesShown && (
        <p class="quiet">{t.value.overview.moreSilent(toFix.length - namesShown)}</p>
      )}
    </div>
  );
}

/** When it is due, and how many of its clusters are in trouble. */
export function SessionHead({ session }: { readonly session: SessionAhead }): VNode {
  const { silent, doubtful, due } = session;
  const words = t.value.readiness;
  return (
    <>
      <h3>
        <When at={session.dueAt} /> · {session.title}{" "}
        <span class="quiet">
          ({t.value.schedules.startsIn.toLowerCase()} <Until at={session.dueAt} />)
        </span>
      </h3>
      <div class="marks">
        {silent > 0 && <Mark tone="bad" icon="cross" text={words.willNot(silent, due)} />}
        {doubtful > 0 && <Mark tone="warn" icon="alert" text={words.mayNot(doubtful)} />}
        {silent + doubtful === 0 && <Mark tone="good" icon="check" text={t.value.overview.allReady(due)} />}
      </div>
    </>
  );
}

function FixLine({ one: { row, severity } }: { readonly one: ToFix }): VNode {
  return (
    <li>
      <span class="fix-name">
        <SeverityIcon severity={severity} />
        <a href={linkTo({ page: "box", id: row.boxId })}>{row.clusterName}</a>
      </span>
      <span>{row.against.map((one) => sayAgainst(t.value, one)).join("; ")}</span>
    </li>
  );
}
