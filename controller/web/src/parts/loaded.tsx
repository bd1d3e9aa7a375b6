import type { ComponentChildren, VNode } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Answer, Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { sayProblem } from "../i18n/say.ts";
import { becomeSignedOut } from "../live/session.ts";
import { Button, Callout, Icon, Spinner } from "./web-awesome.tsx";

/** Something that was asked of the controller: on its way, here, or refused. `reload` keeps the old value on show. */
export interface Loading<Value> {
  readonly value: Value | null;
  readonly problem: Problem | null;
  readonly reload: () => void;
}

export function useAnswer<Value>(
  call: () => Promise<Answer<Value>>,
  keys: readonly unknown[],
): Loading<Value> {
  const [state, setState] = useState<{ value: Value | null; problem: Problem | null }>({
    value: null,
    problem: null,
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isWanted = true;
    void call().then((answer) => {
      if (!isWanted) return;
      if (answer.ok) setState({ value: answer.value, problem: null });
      else if (answer.error.status === 401) becomeSignedOut(answer.error);
      else setState((old) => ({ value: old.value, problem: answer.error }));
    });
    return () => {
      isWanted = false;
    };
  }, [...keys, round]);
  const reload = useCallback(() => setRound((old) => old + 1), []);
  return { ...state, reload };
}

export function Loaded<Value>({
  from,
  children,
}: {
  readonly from: Loading<Value>;
  readonly children: (value: Value) => ComponentChildren;
}): VNode {
  if (from.value === null && from.problem === null) return <Waiting />;
  return (
    <>
      {from.problem !== null && <Refusal problem={from.problem} onRetry={from.reload} />}
      {from.value !== null && children(from.value)}
    </>
  );
}

export function Waiting(): VNode {
  return (
    <p class="waiting" role="status">
      <Spinner /> {t.value.state.loading}
    </p>
  );
}

export function Refusal({
  problem,
  onRetry,
}: {
  readonly problem: Problem;
  readonly onRetry?: () => void;
}): VNode {
  return (
    <Callout variant="danger" role="alert">
      <Icon slot="icon" name="alert" />
      <p>{sayProblem(t.value, problem)}</p>
      {problem.detail !== null && <p class="quiet">{problem.detail}</p>}
      {onRetry !== undefined && (
        <Button size="s" appearance="outlined" onClick={onRetry}>
          {t.value.state.retry}
        </Button>
      )}
    </Callout>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }): VNode {
  return <p class="empty">{children}</p>;
}
