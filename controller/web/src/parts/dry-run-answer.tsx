import type { VNode } from "preact";
import type { AirProblem, DryRun } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { areas } from "../live/fleet.ts";
import { AirRulesText } from "./air-rules-text.tsx";
import { Callout, Icon } from "./web-awesome.tsx";

export function DryRunAnswer({ found }: { readonly found: DryRun }): VNode {
  const words = t.value.broadcast;
  return (
    <div class="dry-run">
      <Callout variant={found.ok ? "success" : "warning"} role="status">
        <Icon slot="icon" name={found.ok ? "check" : "alert"} />
        <p>
          <strong>{found.ok ? words.checkOk : words.checkBad}</strong>
        </p>
        <AirProblems problems={found.problems} />
      </Callout>
      <h3>{words.starts}</h3>
      {found.starts.length === 0 ? (
        <p class="quiet">
          {words.noStarts}
          {found.firstAt !== null && ` ${words.firstStart(sayWhen(t.value, found.firstAt, now.peek()))}`}
        </p>
      ) : (
        <ul>
          {found.starts.map((one) => (
            <li key={one.at}>{words.start(sayWhen(t.value, one.at, now.peek()), one.boxes)}</li>
          ))}
        </ul>
      )}
      <h3>{words.rulesTitle}</h3>
      <ul>
        {found.explanation.map((one) => (
          <li key={one.areaId}>
            <strong>{one.areaName}</strong> ({t.value.state.boxes(one.boxes)}):{" "}
            <AirRulesText rules={one.rules} />
          </li>
        ))}
      </ul>
    </div>
  );
}

export function AirProblems({ problems }: { readonly problems: readonly AirProblem[] }): VNode {
  return (
    <>
      {problems.map((problem) => (
        <ProblemText key={JSON.stringify(problem)} problem={problem} />
      ))}
    </>
  );
}

function ProblemText({ problem }: { readonly problem: AirProblem }): VNode {
  const { what, todo } = t.value.words.airProblem[problem.code];
  const area = areas.value.find((one) => one.id === problem.areaId)?.name;
  const facts = [
    problem.withTitle === null ? null : t.value.broadcast.clashWith(problem.withTitle),
    area ?? null,
    problem.at === null ? null : sayWhen(t.value, problem.at, now.peek()),
    problem.boxes === 0 ? null : t.value.state.boxes(problem.boxes),
    problem.times > 1 ? t.value.broadcast.howOften(problem.times) : null,
  ].filter((fact) => fact !== null);
  return (
    <p class="air-problem">
      <strong>{what}</strong>
      {facts.length > 0 && ` (${facts.join(", ")})`}. {todo}
    </p>
  );
}
