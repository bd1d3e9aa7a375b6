import { capabilities } from "@loa/shared/device/capability.ts";
import type { VNode } from "preact";
import type { FaultLogRow, Measured, RaisedFault } from "../api/cabinet-shapes.ts";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayAge, sayCapability, sayValue } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { noFaults } from "../view/known-now.ts";
import { Ago, When } from "./instant.tsx";
import { FaultMark, Mark } from "./mark.tsx";
import { Details } from "./web-awesome.tsx";

/** What is wrong now and since when, with the value behind it and the limit that it passed; then what was wrong before. */
export function FaultPanel({
  row,
  log,
  values,
}: {
  readonly row: BoxRow;
  readonly log: readonly FaultLogRow[];
  readonly values: readonly Measured[];
}): VNode {
  const words = t.value.cabinet;
  const past = log.filter((one) => one.clearedAt !== null);
  return (
    <section aria-labelledby="faults">
      <h2 id="faults">{t.value.box.faults}</h2>
      {row.faults.length === 0 ? (
        <NoFaults row={row} />
      ) : (
        <ul class="plain faults">
          {worstFirst(row.faults).map((one) => (
            <li key={one.kind}>
              <Head fault={one} />
              <span>
                <When at={one.since} /> <Ago of={one.since} say={(age) => `(${t.value.state.since(age)})`} />
              </span>
              <MeasuredBehind fault={one} latest={values.find((value) => value.capability === one.point)} />
            </li>
          ))}
        </ul>
      )}
      {past.length > 0 && (
        <Details summary={`${words.past} (${past.length})`}>
          <ul class="plain faults">
            {past.map((one) => (
              <li key={`${one.kind}${one.since}`}>
                <Head fault={one} />
                <span>
                  <When at={one.since} /> → {one.clearedAt !== null && <When at={one.clearedAt} />}
                </span>
                <MeasuredBehind fault={one} />
              </li>
            ))}
          </ul>
        </Details>
      )}
    </section>
  );
}

function worstFirst(faults: readonly RaisedFault[]): readonly RaisedFault[] {
  const rank = { critical: 0, warning: 1 } as const;
  return [...faults].sort((a, b) => rank[a.severity] - rank[b.severity] || b.since - a.since);
}

function NoFaults({ row }: { readonly row: BoxRow }): VNode {
  const known = noFaults(row);
  return known === "none" ? (
    <Mark tone="good" icon="check" text={t.value.cabinet.faultsNone} />
  ) : (
    <span class="quiet">{t.value.cabinet.noFaults[known]}</span>
  );
}

function Head({ fault }: { readonly fault: RaisedFault }): VNode {
  return (
    <span class="fault-head">
      <FaultMark severity={fault.severity} text={t.value.words.fault[fault.kind]} />
      <span class="quiet">{t.value.words.severity[fault.severity]}</span>
    </span>
  );
}

/** Nothing for a fault that no measured point raised. */
function MeasuredBehind({
  fault: { point, value, threshold },
  latest,
}: {
  readonly fault: RaisedFault;
  readonly latest?: Measured | undefined;
}): VNode | null {
  if (point === null) return null;
  const words = t.value.cabinet;
  const { unit } = capabilities[point];
  // Of a switch the limit is only its other position.
  const hasLimit = threshold !== null && unit !== "bool";
  return (
    <span class="fault-measure">
      <span>{sayCapability(t.value, point)}</span>
      {value !== null && <span>{words.measuredAt(sayValue(t.value, value, unit))}</span>}
      {hasLimit && <span>{words.threshold(sayValue(t.value, threshold, unit))}</span>}
      {latest !== undefined && (
        <span class={latest.quality === "good" ? "" : "quiet"}>
          {words.nowReads(sayValue(t.value, latest.value, unit), sayAge(t.value, latest.at, now.value))}
        </span>
      )}
    </span>
  );
}
