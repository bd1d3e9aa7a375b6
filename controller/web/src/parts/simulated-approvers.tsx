import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/draft-calls.ts";
import type { Answer, Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { Refusal, useAnswer } from "./loaded.tsx";
import { Button, Icon } from "./web-awesome.tsx";

/** The other persons of a demonstration, each with a key of their own. Absent where there is no simulator. */
export function SimulatedApprovers({
  draft,
  approveAs = (person) => calls.approveAs(draft.id, person),
  onApproved,
}: {
  readonly draft: Pick<calls.Draft, "approvals"> & { readonly id: string };
  readonly approveAs?: (person: string) => Promise<Answer<unknown>>;
  readonly onApproved: () => void;
}): VNode | null {
  const known = useAnswer(calls.simulatedApprovers, []);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  if (known.value === null || known.value.approvers.length === 0) return null;
  const words = t.value.trust.draft;
  const approve = async (person: string) => {
    setBusy(person);
    const answer = await approveAs(person);
    setBusy(null);
    setProblem(answer.ok ? null : answer.error);
    onApproved();
  };
  return (
    <section class="panel trouble" aria-labelledby="demo-approvers">
      <h2 id="demo-approvers">{words.demo}</h2>
      <p class="quiet">{words.demoHint}</p>
      {problem !== null && <Refusal problem={problem} />}
      <div class="actions">
        {known.value.approvers.map(({ person, name }) => (
          <Button
            key={person}
            appearance="outlined"
            loading={busy === person}
            disabled={draft.approvals.some((one) => one.person.id === person)}
            onClick={() => void approve(person)}
          >
            <Icon slot="start" name="check" />
            {words.demoApprove(name)}
          </Button>
        ))}
      </div>
    </section>
  );
}
