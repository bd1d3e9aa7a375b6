import type { Instant } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import type { Sample } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayClock, sayValue, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { plotOf } from "../view/plot.ts";
import { Empty } from "./loaded.tsx";
import { Details } from "./web-awesome.tsx";

const width = 800;
const height = 160;
/** Rows of the table that stands in for the picture: the newest ones. */
const TABLE_ROWS = 200;

interface ChartProps {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly Sample[];
  readonly from: Instant;
  readonly to: Instant;
}

export function Chart({ name, unit, samples, from, to }: ChartProps): VNode {
  const plot = plotOf(samples, from, to, width, height);
  if (plot === null) return <Empty>{t.value.box.noSamples}</Empty>;
  const low = sayValue(t.value, plot.low, unit);
  const high = sayValue(t.value, plot.high, unit);
  return (
    <figure class="chart">
      <p class="quiet" aria-hidden="true">
        {low === high ? low : t.value.box.range(low, high)}
      </p>
      <svg
        role="img"
        aria-label={`${name}, ${t.value.box.range(low, high)}`}
        viewBox={`0 -4 ${width} ${height + 8}`}
        preserveAspectRatio="none"
      >
        <path class="chart-grid" d={`M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}`} />
        <path class="chart-line" d={plot.path} />
      </svg>
      <figcaption class="chart-ends">
        <span>{sayWhen(t.value, from, now.peek())}</span>
        <span>{sayWhen(t.value, to, now.peek())}</span>
      </figcaption>
      <Details summary={t.value.box.asTable}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.value.broadcast.time}</th>
              <th scope="col">{t.value.box.value}</th>
            </tr>
          </thead>
          <tbody>
            {samples
              .slice(-TABLE_ROWS)
              .reverse()
              .map((one) => (
                <tr key={one.at}>
                  <th scope="row">{sayClock(one.at)}</th>
                  <td class="number">{sayValue(t.value, one.value, unit)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </Details>
    </figure>
  );
}
