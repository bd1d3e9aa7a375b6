import type { VNode } from "preact";
import type { DataUse } from "../api/cabinet-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayMegabytes, sayMonth } from "../i18n/say.ts";
import { IDLE_BUDGET_BYTES, sharesOf } from "../view/data-use.ts";
import { Ago } from "./instant.tsx";
import { Empty } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Details, ProgressBar } from "./web-awesome.tsx";

/** What this month costs in data, against what it may cost without sound. */
export function DataUsePanel({ use }: { readonly use: readonly DataUse[] }): VNode {
  const words = t.value.cabinet;
  const [month] = use;
  return (
    <section aria-labelledby="data-use">
      <h2 id="data-use">{words.dataUse}</h2>
      {month === undefined ? <Empty>{words.dataUseNone}</Empty> : <Month of={month} />}
      {use.length > 1 && <Months use={use} />}
    </section>
  );
}

function Month({ of }: { readonly of: DataUse }): VNode {
  const words = t.value.cabinet;
  const shares = sharesOf(of);
  const budget = sayMegabytes(t.value, IDLE_BUDGET_BYTES);
  return (
    <div class="data-month">
      <p>
        <strong>{words.dataMonth(sayMonth(of.month))}</strong> <Ago of={of.at} say={words.toldAgo} />
      </p>
      <p>{words.idleOf(sayMegabytes(t.value, shares.idle), budget)}</p>
      <ProgressBar value={Math.min(100, Math.round(shares.share * 100))} label={words.idleBar} />
      {shares.share > 1 && <Mark tone="warn" icon="alert" text={words.overBudget} />}
      <dl class="pairs">
        <dt>{words.sound}</dt>
        <dd class="number">{sayMegabytes(t.value, shares.sound)}</dd>
        <dt>{words.around}</dt>
        <dd class="number">{sayMegabytes(t.value, shares.around)}</dd>
        <dt>{words.total}</dt>
        <dd class="number">{sayMegabytes(t.value, shares.total)}</dd>
      </dl>
    </div>
  );
}

function Months({ use }: { readonly use: readonly DataUse[] }): VNode {
  const words = t.value.cabinet;
  return (
    <Details summary={t.value.box.asTable}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.month}</th>
            <th scope="col">{words.idle}</th>
            <th scope="col">{words.total}</th>
          </tr>
        </thead>
        <tbody>
          {use.map((one) => (
            <tr key={one.month}>
              <th scope="row">{sayMonth(one.month)}</th>
              <td class="number">{sayMegabytes(t.value, sharesOf(one).idle)}</td>
              <td class="number">{sayMegabytes(t.value, sharesOf(one).total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Details>
  );
}
