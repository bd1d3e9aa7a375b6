import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { linkTo } from "../router.ts";
import { urgencyOf } from "../view/trouble.ts";
import { FaultAges, LastReceipt, NextSession, OnAirNow, PresenceNow } from "./box-facts.tsx";
import { Button } from "./web-awesome.tsx";

/** Every row counts its ages each second; a province has thousands, and the troubled ones stand first. */
const ROWS_AT_ONCE = 100;

/** Rows on a wide screen, cards on a phone: the same list of facts, laid out by the style sheet. */
export function BoxList({ rows }: { readonly rows: readonly BoxRow[] }): VNode {
  const [limit, setLimit] = useState(ROWS_AT_ONCE);
  const { columns } = t.value.overview;
  const left = rows.length - limit;
  return (
    <div class="box-list">
      <div class="box-list-head" aria-hidden="true">
        {Object.values(columns).map((label) => (
          <span key={label}>{label}</span>
        ))}
      </div>
      <ul class="plain">
        {rows.slice(0, limit).map((row) => (
          <BoxItem key={row.boxId} row={row} />
        ))}
      </ul>
      {left > 0 && (
        <Button appearance="outlined" onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          {t.value.state.showMore(Math.min(left, ROWS_AT_ONCE))}
        </Button>
      )}
    </div>
  );
}

function BoxItem({ row }: { readonly row: BoxRow }): VNode {
  const { columns, simulated } = t.value.overview;
  return (
    <li class={`box-item ${urgencyOf(row) > 1 ? "has-trouble" : ""}`}>
      <h3 class="box-name">
        <a href={linkTo({ page: "box", id: row.boxId })}>{row.clusterName}</a>
        <span class="quiet">
          {row.areaName}
          {row.simulated && ` · ${simulated}`}
        </span>
      </h3>
      <dl>
        <Fact name={columns.presence}>
          <PresenceNow row={row} />
        </Fact>
        <Fact name={columns.onAir}>
          <OnAirNow row={row} />
        </Fact>
        <Fact name={columns.next}>
          <NextSession row={row} />
        </Fact>
        <Fact name={columns.faults}>
          <FaultAges row={row} />
        </Fact>
        <Fact name={columns.last}>
          <LastReceipt row={row} />
        </Fact>
      </dl>
    </li>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
