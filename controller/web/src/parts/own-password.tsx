import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { changePassword } from "../api/account-calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { Refusal } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button, Input, textOf } from "./web-awesome.tsx";

/** As the controller wants it. */
const MIN_LENGTH = 12;

export function OwnPassword(): VNode {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isChanged, setChanged] = useState(false);
  const words = t.value.account;
  const change = async (event: Event) => {
    event.preventDefault();
    if (current === "" || next.length < MIN_LENGTH) return;
    const answer = await changePassword(current, next);
    setProblem(answer.ok ? null : answer.error);
    setChanged(answer.ok);
    if (!answer.ok) return;
    setCurrent("");
    setNext("");
  };
  return (
    <section>
      <h2>{words.password}</h2>
      <form class="account-name" onSubmit={change}>
        {problem !== null && <Refusal problem={problem} />}
        {isChanged && <Mark tone="good" icon="check" text={words.passwordChanged} />}
        <Input
          label={words.passwordNow}
          type="password"
          autocomplete="current-password"
          value={current}
          onInput={(event) => setCurrent(textOf(event))}
        />
        <Input
          label={words.passwordNext}
          hint={words.passwordHint(MIN_LENGTH)}
          type="password"
          autocomplete="new-password"
          value={next}
          onInput={(event) => setNext(textOf(event))}
        />
        <Button type="submit" disabled={current === "" || next.length < MIN_LENGTH}>
          {words.passwordChange}
        </Button>
      </form>
    </section>
  );
}
