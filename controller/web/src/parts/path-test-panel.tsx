import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../api/http.ts";
import * as calls from "../api/trust-calls.ts";
import { t } from "../i18n/language.ts";
import { sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { areaName, province, rowOf } from "../live/fleet.ts";
import { linkTo } from "../router.ts";
import { Empty, Loaded, Refusal, useAnswer } from "./loaded.tsx";
import { Mark, type Tone } from "./mark.tsx";
import { Button, Icon, type IconName } from "./web-awesome.tsx";

const ASK_EVERY_MS = 3_000;
/** Names beside the newest one; the rest are in its count. */
const MAX_NAMED = 20;

/** Whether an emergency would come through to every box, without a sound. */
export function PathTestPanel(): VNode {
  const words = t.value.trust.path;
  const answer = useAnswer(calls.pathTests, []);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const timer = setInterval(answer.reload, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [answer.reload]);
  const root = province.value;
  const send = async () => {
    if (root === undefined) return;
    const sent = await calls.testPath(root.id);
    setProblem(sent.ok ? null : sent.error);
    answer.reload();
  };
  return (
    <section aria-labelledby="path">
      <h2 id="path">{words.title}</h2>
      <p class="quiet">{words.explain}</p>
      {problem !== null && <Refusal problem={problem} />}
      <Button appearance="outlined" onClick={() => void send()}>
        <Icon slot="start" name="check" />
        {words.now}
      </Button>
      <Loaded from={answer}>
        {({ tests }) =>
          tests.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            <ul class="plain path-tests">
              {tests.map((one, index) => (
                <PathTestItem key={one.id} test={one} isNewest={index === 0} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function PathTestItem({
  test,
  isNewest,
}: {
  readonly test: calls.ShownPathTest;
  readonly isNewest: boolean;
}): VNode {
  const words = t.value.trust.path;
  const [tone, icon] = lookOf(test);
  return (
    <li>
      <Mark tone={tone} icon={icon} text={words.passed(test.passed, test.targeted)} />
      <span class="quiet">
        {areaName(test.areaId)} · {sayWhen(t.value, test.at, now.value)} ·{" "}
        {test.by === null ? words.weekly : words.asked}
      </span>
      {isNewest && test.missing.length > 0 && (
        <span>
          {words.missing}{" "}
          {test.missing.slice(0, MAX_NAMED).map(({ boxId }, index) => (
            <>
              {index > 0 && ", "}
              <a href={linkTo({ page: "box", id: boxId })}>{rowOf(boxId)?.clusterName ?? boxId}</a>
            </>
          ))}
        </span>
      )}
    </li>
  );
}

function lookOf({ passed, targeted, isOver }: calls.ShownPathTest): readonly [Tone, IconName] {
  if (passed === targeted) return ["good", "check"];
  return isOver ? ["bad", "alert"] : ["warn", "clock"];
}
