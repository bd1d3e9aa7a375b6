import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/draft-calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { Refusal, useAnswer } from "./loaded.tsx";
import { Button, Icon } from "./web-awesome.tsx";

/** The holders of the offline root in a demonstration: they sign what the control room proposes. */
export function SimulatedRoot({ onSigned }: { readonly onSigned: () => void }): VNode | null {
  const known = useAnswer(calls.simulatedApprovers, []);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (known.value === null) return null;
  const words = t.value.trust.security;
  const sign = async () => {
    setBusy(true);
    const answer = await calls.signRosterAsRoot();
    setBusy(false);
    setProblem(answer.ok ? null : answer.error);
    onSigned();
  };
  return (
    <div class="panel trouble">
      <p class="quiet">{words.demoRootHint}</p>
      {problem !== null && <Refusal problem={problem} />}
      <Button appearance="outlined" loading={isBusy} onClick={() => void sign()}>
        <Icon slot="start" name="check" />
        {words.demoRoot}
      </Button>
    </div>
  );
}
