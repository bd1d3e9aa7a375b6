import { plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { AuditRow } from "../api/audit-calls.ts";
import * as calls from "../api/audit-calls.ts";
import { t } from "../i18n/language.ts";
import { sayNumber, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { areaName } from "../live/fleet.ts";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { PeriodSelect, periodMs } from "../parts/period-select.tsx";
import { Button, Callout, Icon, Input, textOf } from "../parts/web-awesome.tsx";
import { searched } from "../view/audit-search.ts";

const periods = ["day", "week", "month"] as const;

/** Who did what, and whether nobody has touched the record since. */
export function AuditPage(): VNode {
  const words = t.value.audit;
  const [period, setPeriod] = useState<(typeof periods)[number]>("day");
  const [typed, setTyped] = useState("");
  const answer = useAnswer(
    () => calls.auditRows({ from: plus(now.peek(), -periodMs[period]), to: plus(now.peek(), 1_000) }),
    [period],
  );
  return (
    <div class="receipts-page audit-page">
      <h1>{words.title}</h1>
      <p class="quiet">{words.explain}</p>
      <ChainCheck />
      <div class="choices">
        <PeriodSelect label={words.period} choices={periods} value={period} onChoose={setPeriod} />
        <Input
          label={words.search}
          hint={words.searchHint}
          value={typed}
          onInput={(event) => setTyped(textOf(event))}
        />
      </div>
      <Loaded from={answer}>{({ rows }) => <AuditTable rows={searched(rows, typed, sayAct)} />}</Loaded>
    </div>
  );
}

function ChainCheck(): VNode {
  const words = t.value.audit;
  const [chain, setChain] = useState<calls.AuditChain | null>(null);
  const check = async () => {
    const answer = await calls.auditChain();
    setChain(answer.ok ? answer.value : null);
  };
  const holds = chain?.firstBad === null;
  return (
    <section class="audit-chain">
      <Button appearance="outlined" onClick={() => void check()}>
        <Icon slot="start" name="check" />
        {words.check}
      </Button>
      {chain !== null && (
        <Callout variant={holds ? "success" : "danger"} role={holds ? "status" : "alert"}>
          <Icon slot="icon" name={holds ? "check" : "alert"} />
          {chain.firstBad === null
            ? words.holds(sayNumber(t.value, chain.rows))
            : words.broken(chain.firstBad)}
        </Callout>
      )}
      {chain?.head != null && (
        <details>
          <summary>{words.head}</summary>
          <code class="audit-head">{chain.head}</code>
        </details>
      )}
    </section>
  );
}

function AuditTable({ rows }: { readonly rows: readonly AuditRow[] }): VNode {
  const words = t.value.audit;
  if (rows.length === 0) return <Empty>{words.none}</Empty>;
  return (
    <ul class="plain audit-rows">
      {rows.map((row) => (
        <li key={row.id} class="panel audit-row">
          <span class="number quiet">{row.id}</span>
          <time>{sayWhen(t.value, row.at, now.value)}</time>
          <strong>{sayAct(row.act)}</strong>
          <span>{row.userName ?? words.nobody}</span>
          <span class="quiet audit-subject">
            {row.subject}
            {row.areaId !== null && ` · ${areaName(row.areaId)}`}
          </span>
          {Object.keys(row.detail).length > 0 && (
            <details>
              <summary>{words.detail}</summary>
              <pre>{JSON.stringify(row.detail, null, 2)}</pre>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

function sayAct(act: string): string {
  const known: Readonly<Record<string, string>> = t.value.audit.acts;
  return Object.hasOwn(known, act) ? (known[act] ?? act) : act;
}
