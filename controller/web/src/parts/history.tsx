import { type Capability, capability } from "@loa/shared/device/capability.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Measured } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { Chart } from "./chart.tsx";
import { Loaded, useAnswer } from "./loaded.tsx";
import { Option, Select, textOf } from "./web-awesome.tsx";

const periods = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS } as const;
type Period = keyof typeof periods;
const periodNames = ["hour", "day", "week"] as const satisfies readonly Period[];

/** One value of the box over time. */
export function History({
  box,
  values,
}: {
  readonly box: BoxId;
  readonly values: readonly Measured[];
}): VNode | null {
  const known = values.map((one) => one.capability);
  const first = known.find((one) => one === "amplifier.level") ?? known[0];
  const [wanted, setWanted] = useState<Capability | undefined>(undefined);
  const [period, setPeriod] = useState<Period>("hour");
  const shown = wanted ?? first;
  if (shown === undefined) return null;
  const chooseValue = (event: Event) => {
    const parsed = capability.safeParse(textOf(event));
    if (parsed.success) setWanted(parsed.data);
  };
  const words = t.value.box;
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.history}</h2>
      <div class="choices">
        <Select label={words.historyOf} size="s" value={shown} onChange={chooseValue}>
          {known.map((one) => (
            <Option key={one} value={one}>
              {t.value.words.capability[one]}
            </Option>
          ))}
        </Select>
        <Select
          label={words.period}
          size="s"
          value={period}
          onChange={(event) => setPeriod(periodNames.find((one) => one === textOf(event)) ?? "hour")}
        >
          {periodNames.map((one) => (
            <Option key={one} value={one}>
              {words.periods[one]}
            </Option>
          ))}
        </Select>
      </div>
      <Samples key={`${shown}${period}`} box={box} shown={shown} lengthMs={periods[period]} values={values} />
    </section>
  );
}

function Samples({
  box,
  shown,
  lengthMs,
  values,
}: {
  readonly box: BoxId;
  readonly shown: Capability;
  readonly lengthMs: number;
  readonly values: readonly Measured[];
}): VNode {
  const latest = values.find((one) => one.capability === shown);
  // A new value moves the window on.
  const span = useMemo(() => ({ from: plus(now.peek(), -lengthMs), to: now.peek() }), [lengthMs, latest?.at]);
  const answer = useAnswer(() => calls.samples(box, shown, span.from, span.to), [latest?.at]);
  return (
    <Loaded from={answer}>
      {({ samples }) => (
        <Chart
          name={t.value.words.capability[shown]}
          unit={latest?.unit ?? ""}
          samples={samples}
          from={span.from}
          to={span.to}
        />
      )}
    </Loaded>
  );
}
