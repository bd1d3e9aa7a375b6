import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/emergency-calls.ts";
import { raisedBefore } from "../api/emergency-shapes.ts";
import type { Problem } from "../api/http.ts";
import { rosterInForce } from "../api/trust-calls.ts";
import { t } from "../i18n/language.ts";
import { sayCount } from "../i18n/say.ts";
import { askEmergencies } from "../live/emergencies.ts";
import { go } from "../router.ts";
import {
  confirmations,
  type EmergencyFieldsProps,
  isConfirmed,
  wishOfEmergency,
} from "../view/emergency-form.ts";
import { textOfChosen } from "./chosen-areas.tsx";
import { Refusal, useAnswer } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button, Icon, Input, textOf } from "./web-awesome.tsx";

/** The last step: what will happen, in words; its own word to type; the button that says it once more. */
export function ConfirmEmergency({ form, onChange }: EmergencyFieldsProps): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const words = t.value.emergency;
  const isApproved = useAnswer(rosterInForce, []).value?.roster != null;
  const draft = wishOfEmergency(form);
  if (draft.kind === "wrong") return <Mark tone="bad" icon="cross" text={words.wrong} />;
  if (draft.kind === "incomplete") return <p class="quiet">{words.incomplete}</p>;
  const { severity, areas } = draft.wish;
  const { names, boxes, people } = textOfChosen(areas);
  const isReady = isConfirmed(severity, form.confirm);
  const raise = async (event: Event) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    setBusy(true);
    const answer = await calls.raise(draft.wish);
    setBusy(false);
    const before = answer.ok ? null : raisedBefore.safeParse(answer.error.body).data;
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok && "draft" in answer.value) return go({ page: "draft", id: answer.value.draft.id });
    const id = answer.ok && "emergency" in answer.value ? answer.value.emergency.id : before?.emergency;
    if (id === undefined) return;
    void askEmergencies();
    go({ page: "emergency", id });
  };
  return (
    <form class="emergency-confirm" onSubmit={(event) => void raise(event)}>
      <p class="emergency-summary">
        <strong>{(isApproved ? t.value.trust.draftSummary : words.summary)[severity](names, boxes)}</strong>
        {people !== null && people > 0 && (
          <span> {t.value.trust.draft.peopleSentence(sayCount(t.value, people))}</span>
        )}
        {people === null && <span class="quiet"> {t.value.trust.draft.peopleUnknown}</span>}
      </p>
      <Input
        class="narrow"
        label={words.type(confirmations[severity])}
        autocomplete="off"
        value={form.confirm}
        onInput={(event) => onChange({ confirm: textOf(event) })}
      />
      {problem !== null && <Refusal problem={problem} />}
      <Button
        class={`raise ${severity}`}
        type="submit"
        variant={severity === "actual" ? "danger" : "brand"}
        size="l"
        disabled={!isReady}
        loading={isBusy}
      >
        <Icon slot="start" name={severity === "actual" ? "alert" : "drill"} />
        {(isApproved ? t.value.trust.sendDraft : words.raise)[severity](boxes)}
      </Button>
    </form>
  );
}
