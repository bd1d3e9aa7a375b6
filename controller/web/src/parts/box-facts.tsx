import type { VNode } from "preact";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { mayBeInaudible, noFaults, soundNow } from "../view/known-now.ts";
import { nextOf } from "../view/trouble.ts";
import { Ago, When } from "./instant.tsx";
import { FaultMark, Mark, PresenceMark, ReadinessMark, VerdictMark } from "./mark.tsx";
import { SeverityMark } from "./severity-mark.tsx";

/** What is known of one box, each with its age. Used by the list and by the page of a box. */

export function PresenceNow({ row }: { readonly row: BoxRow }): VNode {
  const { heardAt, state } = row.presence;
  return (
    <>
      <PresenceMark state={state} />
      <span class="quiet">
        {heardAt === null ? t.value.overview.neverHeard : <Ago of={heardAt} say={t.value.overview.heard} />}
      </span>
    </>
  );
}

export function OnAirNow({ row }: { readonly row: BoxRow }): VNode {
  const words = t.value.overview;
  if (row.onAir === null) {
    return <span class="quiet">{soundNow(row) === "unknown" ? words.soundUnknown : words.silentNow}</span>;
  }
  const { emergency, title } = row.onAir;
  const isDoubtful = mayBeInaudible(row);
  return (
    <>
      {emergency === null ? (
        <Mark tone={isDoubtful ? "warn" : "info"} icon="wave" text={title} />
      ) : (
        <>
          <SeverityMark severity={emergency} />
          <strong>{title}</strong>
        </>
      )}
      {isDoubtful && <span class="doubts">{words.mayBeInaudible}</span>}
      <Ago of={row.onAir.since} say={t.value.state.since} />
    </>
  );
}

export function NextSession({ row }: { readonly row: BoxRow }): VNode {
  const { readiness } = row;
  const next = nextOf(row, now.value);
  const words = t.value.overview;
  return (
    <>
      {next === null ? (
        <span class="quiet">{row.next === null ? words.noNext : words.nextUnknown}</span>
      ) : (
        <span>
          <strong>
            <When at={next.dueAt} />
          </strong>{" "}
          {next.title}
        </span>
      )}
      <ReadinessMark state={readiness.state} />
      <Lacks row={row} />
      {readiness.at !== null && <Ago of={readiness.at} say={words.checked} />}
    </>
  );
}

/** What keeps the box silent, and what it only warns of. */
function Lacks({ row }: { readonly row: BoxRow }): VNode {
  const said = (severity: "critical" | "warning") =>
    row.against.flatMap((one) =>
      one.kind === "cause" && one.severity === severity ? [t.value.words.cause[one.cause]] : [],
    );
  const lacks = said("critical");
  const doubts = said("warning");
  return (
    <>
      {lacks.length > 0 && <span class="lacks">{t.value.overview.lacks(lacks.join("; "))}</span>}
      {doubts.length > 0 && <span class="doubts">{t.value.readiness.doubts(doubts.join("; "))}</span>}
    </>
  );
}

export function FaultAges({ row }: { readonly row: BoxRow }): VNode {
  if (row.faults.length === 0) {
    return <span class="quiet">{t.value.cabinet.noFaults[noFaults(row)]}</span>;
  }
  return (
    <ul class="plain">
      {row.faults.map((fault) => (
        <li key={fault.kind}>
          <FaultMark severity={fault.severity} text={t.value.words.fault[fault.kind]} />
          <Ago of={fault.since} say={t.value.state.since} />
        </li>
      ))}
    </ul>
  );
}

export function LastReceipt({ row }: { readonly row: BoxRow }): VNode {
  const last = row.lastReceipt;
  if (last === null) return <span class="quiet">{t.value.overview.noReceipt}</span>;
  return (
    <>
      <VerdictMark verdict={last.verdict} />
      <span>
        <When at={last.dueAt} /> {last.title}
      </span>
      {last.cause !== null && <span class="lacks">{t.value.words.cause[last.cause]}</span>}
    </>
  );
}
