import { type Capability, capability } from "@loa/shared/device/capability.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Measured } from "../api/cabinet-shapes.ts";
import * as calls from "../api/calls.ts";
import { t } from "../i18n/language.ts";
import { sayCapability, sayValue } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { Chart } from "./chart.tsx";
import { Loaded, useAnswer } from "./loaded.tsx";
import { type Period, PeriodSelect, periodMs } from "./period-select.tsx";
import { Option, Select, textOf } from "./web-awesome.tsx";

const periods = ["hour", "day", "week", "month"] as const;

/** A chart is asked for again when it has moved on by one of its points, and not more often than this, ms. */
const ASK_AGAIN_AT_LEAST_MS = 15_000;
const POINTS = 480;
/** The first sample of each hour is kept, also where it repeats the last: after this long there was none. */
const HOLD_MS = 1.5 * HOUR_MS;

/** The values of the box over time: all that are numbers, or one of them, a switch too. */
export function History({
  box,
  values,
}: {
  readonly box: BoxId;
  readonly values: readonly Measured[];
}): VNode | null {
  const [wanted, setWanted] = useState<Capability | "all">("all");
  const [period, setPeriod] = useState<Period>("day");
  if (values.length === 0) return null;
  const chooseValue = (event: Event) => {
    const parsed = capability.safeParse(textOf(event));
    setWanted(parsed.success ? parsed.data : "all");
  };
  const words = t.value.box;
  const shown = values.filter((one) => (wanted === "all" ? one.unit !== "bool" : one.capability === wanted));
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.history}</h2>
      <div class="choices">
        <Select label={words.historyOf} size="s" value={wanted} onChange={chooseValue}>
          <Option value="all">{t.value.cabinet.allValues}</Option>
          {values.map(({ capability: one }) => (
            <Option key={one} value={one}>
              {t.value.words.capability[one]}
            </Option>
          ))}
        </Select>
        <PeriodSelect label={words.period} size="s" choices={periods} value={period} onChoose={setPeriod} />
      </div>
      <div class={wanted === "all" ? "charts" : ""}>
        {shown.map((one) => (
          <ValueChart
            key={`${one.capability}${period}`}
            box={box}
            of={one.capability}
            unit={one.unit}
            lengthMs={periodMs[period]}
          />
        ))}
      </div>
    </section>
  );
}

function ValueChart({
  box,
  of,
  unit,
  lengthMs,
}: {
  readonly box: BoxId;
  readonly of: Capability;
  readonly unit: string;
  readonly lengthMs: number;
}): VNode {
  const round = useRounds(Math.max(ASK_AGAIN_AT_LEAST_MS, lengthMs / POINTS));
  const span = useMemo(() => ({ from: plus(now.peek(), -lengthMs), to: now.peek() }), [lengthMs, round]);
  const answer = useAnswer(() => calls.samples(box, of, span.from, span.to), [round]);
  const name = sayCapability(t.value, of);
  return (
    <div class="value-chart">
      <h3>{name}</h3>
      <Loaded from={answer}>
        {({ samples, stretchMs, threshold }) => (
          <Chart
            name={name}
            unit={unit}
            samples={samples}
            from={span.from}
            to={span.to}
            holdMs={stretchMs + HOLD_MS}
            limit={threshold === null || unit === "bool" ? null : limitOf(threshold, unit)}
          />
        )}
      </Loaded>
    </div>
  );
}

function limitOf(value: number, unit: string) {
  return {
    kind: "alarm" as const,
    value,
    text: t.value.cabinet.thresholdLine(sayValue(t.value, value, unit)),
  };
}

/** Counts up, once in so many ms. */
function useRounds(everyMs: number): number {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setRound((old) => old + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return round;
}
