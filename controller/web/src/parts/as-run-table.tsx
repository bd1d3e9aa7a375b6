import type { VNode } from "preact";
import type { AsRunRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayClock, sayNumber } from "../i18n/say.ts";
import { durationText } from "../view/ages.ts";
import { When } from "./instant.tsx";
import { Empty } from "./loaded.tsx";

/** What really left the mixer, newest first. */
export function AsRunTable({ rows }: { readonly rows: readonly AsRunRow[] }): VNode {
  const words = t.value.box;
  const isRelayed = rows.some((row) => row.receivedBytes > 0);
  return (
    <section aria-labelledby="as-run">
      <h2 id="as-run">{words.asRun}</h2>
      {rows.length === 0 ? (
        <Empty>{words.asRunNone}</Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard (WCAG 2.1.1).
        <section class="scroll" aria-label={words.asRun} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.from}</th>
                <th scope="col">{words.to}</th>
                <th scope="col">{words.length}</th>
                <th scope="col">{words.meanLevel}</th>
                <th scope="col">{words.what}</th>
                {isRelayed && <th scope="col">{words.data}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.occurrenceId}${row.startedAt}${row.offsetMs}`}>
                  <th scope="row">
                    <When at={row.startedAt} />
                  </th>
                  <td>{sayClock(row.endedAt)}</td>
                  <td class="number">{durationText(row.endedAt - row.startedAt)}</td>
                  <td class="number">
                    {row.rmsDb === null ? t.value.state.notKnown : `${sayNumber(t.value, row.rmsDb)} dBFS`}
                  </td>
                  <td>
                    {row.title}
                    {row.isFiller && ` (${words.filler})`}
                  </td>
                  {isRelayed && (
                    <td class="number">
                      {row.receivedBytes === 0 ? "" : words.megabytes(megabytes(row.receivedBytes))}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

const BYTES_A_MB = 1_000_000;

function megabytes(bytes: number): string {
  return sayNumber(t.value, Math.round((bytes / BYTES_A_MB) * 100) / 100);
}
