import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { AuditRow } from "../api/audit-calls.ts";
import * as calls from "../api/audit-calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { sayCount, sayNumber, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { areaName } from "../live/fleet.ts";
import { Empty, Refusal, Waiting } from "../parts/loaded.tsx";
import { PeriodSelect, periodMs } from "../parts/period-select.tsx";
import { type AuditRows, useAuditRows } from "../parts/use-audit-rows.ts";
import { Button, Callout, Icon, Input, textOf } from "../parts/web-awesome.tsx";
import { searched } from "../view/audit-search.ts";

const periods = ["day", "week", "month"] as const;
/** A page of thousands of rows is slow; who looks for something types it. */
const ROWS_AT_ONCE = 200;
/** A search goes on by itself through the older rows until so many are found. */
const ENOUGH_FOUND = 50;

/** Who did what, and whether nobody has touched the record since. */
export function AuditPage(): VNode {
  const words = t.value.audit;
  const [period, setPeriod] = useState<(typeof periods)[number]>("day");
  const [typed, setTyped] = useState("");
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
      <Found known={useAuditRows(periodMs[period])} typed={typed} />
    </div>
  );
}

function ChainCheck(): VNode {
  const words = t.value.audit;
  const [chain, setChain] = useState<calls.AuditChain | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    const answer = await calls.auditChain();
    setBusy(false);
    setChain(answer.ok ? answer.value : null);
    setProblem(answer.ok ? null : answer.error);
  };
  const holds = chain?.firstBad === null;
  return (
    <section class="audit-chain">
      <Button appearance="outlined" loading={isBusy} onClick={() => void check()}>
        <Icon slot="start" name="check" />
        {words.check}
      </Button>
      {problem !== null && <Refusal problem={problem} />}
      {problem?.code === "forbidden" && <p class="quiet">{words.checkIsForProvince}</p>}
      {chain !== null && (
        <Callout variant={holds ? "success" : "danger"} role={holds ? "status" : "alert"}>
          <Icon slot="icon" name={holds ? "check" : "alert"} />
          {chain.firstBad === null
            ? words.holds(sayCount(t.value, chain.rows))
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

function Found({ known, typed }: { readonly known: AuditRows; readonly typed: string }): VNode {
  const words = t.value.audit;
  const { rows, hasMore, isCut, isAsking, problem, askOlder } = known;
  const found = searched(rows, typed, sayAct);
  const isSearching = typed.trim() !== "" && found.length < ENOUGH_FOUND;
  useEffect(() => {
    if (isSearching && hasMore && !isAsking && problem === null) askOlder();
  }, [isSearching, hasMore, isAsking, problem, askOlder]);
  const oldest = rows.at(-1);
  return (
    <>
      {problem !== null && <Refusal problem={problem} onRetry={askOlder} />}
      {found.length === 0 && !isAsking && problem === null && !isCut && <Empty>{words.none}</Empty>}
      {isCut && <p role="status">{words.isCut}</p>}
      <AuditTable rows={found} />
      {isAsking && <Waiting />}
      {oldest !== undefined && (
        <p class="quiet" role="status">
          {words.soFar(sayCount(t.value, rows.length), sayWhen(t.value, oldest.at, now.value))}
        </p>
      )}
      {hasMore && rows.length > 0 && !isAsking && (
        <Button appearance="outlined" onClick={askOlder}>
          {words.older}
        </Button>
      )}
    </>
  );
}

function AuditTable({ rows }: { readonly rows: readonly AuditRow[] }): VNode {
  const [limit, setLimit] = useState(ROWS_AT_ONCE);
  const left = rows.length - limit;
  return (
    <>
      <ul class="plain audit-rows">
        {rows.slice(0, limit).map((row) => (
          <AuditItem key={row.id} row={row} />
        ))}
      </ul>
      {left > 0 && (
        <Button appearance="outlined" onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          {t.value.audit.showMore(sayNumber(t.value, Math.min(left, ROWS_AT_ONCE)))}
        </Button>
      )}
    </>
  );
}

function AuditItem({ row }: { readonly row: AuditRow }): VNode {
  const words = t.value.audit;
  return (
    <li class="panel audit-row">
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
  );
}

function sayAct(act: string): string {
  const known: Readonly<Record<string, string>> = t.value.audit.acts;
  return Object.hasOwn(known, act) ? (known[act] ?? act) : act;
}
