import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/draft-calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { askPasskey } from "../live/passkeys.ts";
import { AskFirst } from "./ask-first.tsx";
import { Refusal } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button, Callout, Icon } from "./web-awesome.tsx";

/** One's own approval: the key signs the SHA-256 of the very text, and asks for finger, face or PIN. */
export function ApproveDraft({
  draft,
  onChanged,
}: {
  readonly draft: calls.Draft;
  readonly onChanged: () => void;
}): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const words = t.value.trust.draft;
  const approve = async () => {
    setBusy(true);
    const assertion = await assertionOf(draft);
    setFailed(assertion === null);
    const answer = assertion === null ? null : await calls.approve(draft.id, assertion);
    setBusy(false);
    setProblem(answer === null || answer.ok ? null : answer.error);
    if (answer !== null) onChanged();
  };
  const withdraw = async () => {
    const answer = await calls.withdrawDraft(draft.id);
    setProblem(answer.ok ? null : answer.error);
    onChanged();
  };
  return (
    <>
      {problem !== null && <Refusal problem={problem} />}
      {hasFailed && <Mark tone="bad" icon="cross" text={words.keyFailed} />}
      {draft.whyNot !== null && (
        <Callout variant="neutral">
          <Icon slot="icon" name="help" />
          {words.whyNot[draft.whyNot]}
        </Callout>
      )}
      <div class="actions">
        {draft.mayApprove && (
          <Button
            class={`raise ${draft.severity}`}
            variant={draft.severity === "actual" ? "danger" : "brand"}
            size="l"
            loading={isBusy}
            onClick={() => void approve()}
          >
            <Icon slot="start" name={draft.severity === "actual" ? "alert" : "drill"} />
            {words.approve[draft.severity]}
          </Button>
        )}
        <AskFirst
          label={words.withdraw}
          title={words.withdrawTitle}
          explain={words.withdrawExplain}
          onYes={() => void withdraw()}
        />
      </div>
    </>
  );
}

/** Null when the person has not used the key. */
async function assertionOf({ challenge, keys }: calls.Draft): Promise<calls.Assertion | null> {
  const [first] = keys;
  if (first === undefined) return null;
  const used = await askPasskey({
    challenge,
    rpId: first.rpId,
    allowCredentials: keys.map(({ credential }) => ({ id: credential, type: "public-key" })),
    userVerification: "required",
  });
  if (used === null) return null;
  const { authenticatorData, clientDataJSON, signature } = used.response;
  return { credential: used.id, authenticatorData, clientDataJSON, signature };
}
