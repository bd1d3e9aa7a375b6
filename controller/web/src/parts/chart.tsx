import { type Instant, toLocal } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Sample } from "../api/cabinet-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayDate, sayTime, sayValue, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { plotOf, type Tick, ticksOf } from "../view/plot.ts";
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
  readonly holdMs: number;
  /** What is drawn across: the limit of an alarm, or what is usual; null where there is nothing of it. */
  readonly limit: {
    readonly kind: "alarm" | "usual";
    readonly value: number;
    readonly text: string;
  } | null;
}

export function Chart({ name, unit, samples, from, to, holdMs, limit }: ChartProps): VNode {
  const words = t.value.box;
  const plot = plotOf(samples, { from, to, width, height, holdMs, limit: limit?.value ?? null });
  if (plot === null) return <Empty>{words.noSamples}</Empty>;
  const low = sayValue(t.value, plot.low, unit);
  const high = sayValue(t.value, plot.high, unit);
  const range = low === high ? low : words.range(low, high);
  const ticks = ticksOf(from, to);
  return (
    <figure class="chart">
      <p class="chart-scale" aria-hidden="true">
        <span>{range}</span>
        {limit !== null && <span class={`chart-limit-text chart-${limit.kind}`}>{limit.text}</span>}
      </p>
      <svg
        role="img"
        aria-label={[name, range, limit?.text].filter((part) => part !== undefined).join(", ")}
        viewBox={`0 -4 ${width} ${height + 8}`}
        preserveAspectRatio="none"
      >
        <path class="chart-grid" d={`M0 0H${width}M0 ${height}H${width}${linesOf(ticks)}`} />
        {plot.band !== "" && <path class="chart-band" d={plot.band} />}
        <path class="chart-line" d={plot.path} />
        {limit !== null && plot.limitY !== null && (
          <path class={`chart-limit chart-${limit.kind}`} d={`M0 ${plot.limitY}H${width}`} />
        )}
      </svg>
      <figcaption>
        <div class="chart-ticks" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick.at} style={{ left: `${tick.share * 100}%` }}>
              {sayTick(tick)}
            </span>
          ))}
        </div>
        <div class="chart-ends">
          <span>{sayWhen(t.value, from, now.peek())}</span>
          {plot.band !== "" && <span>{t.value.cabinet.band}</span>}
          <span>{sayWhen(t.value, to, now.peek())}</span>
        </div>
      </figcaption>
      <ChartTable unit={unit} samples={samples} />
    </figure>
  );
}

function linesOf(ticks: readonly Tick[]): string {
  return ticks.map(({ share }) => `M${Math.round(share * width)} 0V${height}`).join("");
}

function sayTick({ at, isMidnight }: Tick): string {
  const { date, time } = toLocal(at);
  return isMidnight ? sayDate(date) : sayTime(time);
}

function sayRange({ low, high }: Sample, unit: string): string {
  if (low === null || high === null) return "";
  return `${sayValue(t.value, low, unit)} – ${sayValue(t.value, high, unit)}`;
}

/** The same in numbers, made when somebody asks for it. */
function ChartTable({ unit, samples }: Pick<ChartProps, "unit" | "samples">): VNode {
  const [isAsked, setAsked] = useState(false);
  const { box, broadcast, cabinet } = t.value;
  const isThinned = samples.some((one) => one.low !== one.high);
  const rows = isAsked ? samples.slice(-TABLE_ROWS).reverse() : [];
  return (
    <Details summary={box.asTable} onwa-show={() => setAsked(true)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{broadcast.time}</th>
            <th scope="col">{box.value}</th>
            {isThinned && <th scope="col">{cabinet.lowHigh}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.at}>
              <th scope="row">{sayWhen(t.value, one.at, now.peek())}</th>
              <td class="number">{sayValue(t.value, one.value, unit)}</td>
              {isThinned && <td class="number">{sayRange(one, unit)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Details>
  );
}
