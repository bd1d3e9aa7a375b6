import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import type { Sample, SelfTest, SelfTests, Trend } from "../api/cabinet-shapes.ts";
import * as calls from "../api/calls.ts";
import { t } from "../i18n/language.ts";
import { sayChange, sayValue } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { Chart } from "./chart.tsx";
import { Ago, When } from "./instant.tsx";
import { Empty, Loaded, useAnswer } from "./loaded.tsx";
import { Mark, SelfTestMark } from "./mark.tsx";
import { Details } from "./web-awesome.tsx";

/** A night that was left out, with an occurrence in the quiet hour, is no gap. */
const HOLD_MS = 2.5 * DAY_MS;

/** The daily look at the cabinet, and how its line measures against what it was. */
export function SelfTestPanel({ box }: { readonly box: BoxId }): VNode {
  const answer = useAnswer(() => calls.selfTests(box), [box]);
  const words = t.value.cabinet;
  return (
    <section class="self-tests" aria-labelledby="self-test">
      <h2 id="self-test">{words.selfTest}</h2>
      <p class="quiet">{words.selfTestHint}</p>
      <Loaded from={answer}>{(value) => <SelfTestBody of={value} />}</Loaded>
    </section>
  );
}

function SelfTestBody({ of: { tests, trend } }: { readonly of: SelfTests }): VNode {
  const words = t.value.cabinet;
  const [latest] = tests;
  if (latest === undefined) return <Empty>{words.selfTestNone}</Empty>;
  return (
    <>
      <Latest test={latest} />
      <h3>{words.trend}</h3>
      {trend.current === null && trend.impedance === null && <p class="quiet">{words.trendNone}</p>}
      <div class="charts">
        <TrendChart
          name={words.trendOf.current}
          unit="A"
          trend={trend.current}
          tests={tests}
          read={(test) => test.lineCurrentA}
        />
        <TrendChart
          name={words.trendOf.impedance}
          unit="Ω"
          trend={trend.impedance}
          tests={tests}
          read={(test) => test.lineImpedanceOhm}
        />
      </div>
      <AllTests tests={tests} />
    </>
  );
}

function Latest({ test }: { readonly test: SelfTest }): VNode {
  const words = t.value.cabinet;
  return (
    <div class="self-test-latest">
      <p>
        <SelfTestMark outcome={test.outcome} /> <When at={test.at} />{" "}
        <Ago of={test.at} say={(age) => `(${t.value.state.ago(age)})`} />
      </p>
      {test.cause !== null && <p class="lacks">{t.value.words.cause[test.cause]}</p>}
      <ul class="plain checks">
        {(["switches", "readBack", "line"] as const).map((one) => (
          <li key={one}>
            <span>{words.checks[one]}</span>
            <CheckMark passed={test[one]} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function CheckMark({ passed }: { readonly passed: boolean | null }): VNode {
  const { checked } = t.value.cabinet;
  if (passed === null) return <Mark tone="quiet" icon="help" text={checked.unable} />;
  return passed ? (
    <Mark tone="good" icon="check" text={checked.yes} />
  ) : (
    <Mark tone="bad" icon="cross" text={checked.no} />
  );
}

function TrendChart({
  name,
  unit,
  trend,
  tests,
  read,
}: {
  readonly name: string;
  readonly unit: string;
  readonly trend: Trend;
  readonly tests: readonly SelfTest[];
  readonly read: (test: SelfTest) => number | null;
}): VNode | null {
  if (trend === null) return null;
  const words = t.value.cabinet;
  const { latest, usual, change } = trend;
  const { from, to } = monthAround(tests);
  const said =
    usual === null || change === null
      ? words.usualUnknown
      : words.usual(sayValue(t.value, usual, unit), sayChange(t.value, change));
  return (
    <div class="value-chart">
      <h4>{name}</h4>
      <p>
        <strong class="number">{sayValue(t.value, latest, unit)}</strong> <span class="quiet">({said})</span>
      </p>
      <Chart
        name={name}
        unit={unit}
        samples={samplesOf(tests, read)}
        from={from}
        to={to}
        holdMs={HOLD_MS}
        limit={
          usual === null
            ? null
            : { kind: "usual", value: usual, text: words.usualLine(sayValue(t.value, usual, unit)) }
        }
      />
    </div>
  );
}

/** Oldest first; a test that did not measure leaves a gap. */
function samplesOf(tests: readonly SelfTest[], read: (test: SelfTest) => number | null): readonly Sample[] {
  return [...tests].reverse().map((test) => {
    const value = read(test);
    return { at: test.at, value, low: value, high: value };
  });
}

/** The 30 days that were asked for, and no emptiness before the first test. */
function monthAround(tests: readonly SelfTest[]): { readonly from: Instant; readonly to: Instant } {
  const to = plus(now.peek(), HOUR_MS);
  const first = tests.at(-1)?.at ?? to;
  return { from: first > plus(to, -DAY_MS) ? plus(to, -DAY_MS) : first, to };
}

function AllTests({ tests }: { readonly tests: readonly SelfTest[] }): VNode {
  const words = t.value.cabinet;
  return (
    <Details summary={`${words.allTests} (${tests.length})`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.when}</th>
            <th scope="col">{words.result}</th>
            <th scope="col">{words.current}</th>
            <th scope="col">{words.impedance}</th>
          </tr>
        </thead>
        <tbody>
          {tests.map((one) => (
            <tr key={one.at}>
              <th scope="row">
                <When at={one.at} />
              </th>
              <td>
                {words.outcome[one.outcome]}
                {one.cause !== null && `: ${t.value.words.cause[one.cause]}`}
              </td>
              <td class="number">
                {one.lineCurrentA === null ? "–" : sayValue(t.value, one.lineCurrentA, "A")}
              </td>
              <td class="number">
                {one.lineImpedanceOhm === null ? "–" : sayValue(t.value, one.lineImpedanceOhm, "Ω")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Details>
  );
}
