import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "../api/http.ts";
import * as calls from "../api/standing-calls.ts";
import { t } from "../i18n/language.ts";
import { areas } from "../live/fleet.ts";
import { go } from "../router.ts";
import { topmost } from "../view/area-tally.ts";
import { confirmations, type EmergencyForm } from "../view/emergency-form.ts";
import { emptyStanding, type StandingForm as Form, wishOfStanding } from "../view/standing-form.ts";
import { AreaChoice } from "./area-tree.tsx";
import { ChosenAreas } from "./chosen-areas.tsx";
import { SeverityChoice } from "./emergency-form.tsx";
import { EmergencyMessage } from "./emergency-message.tsx";
import { EmergencyRepeats } from "./emergency-repeats.tsx";
import { Refusal } from "./loaded.tsx";
import { Step } from "./step.tsx";
import { Button, Input, Option, Select, Textarea, textOf } from "./web-awesome.tsx";

const urgencies = ["Immediate", "Expected", "Future"] as const;
const severities = ["Extreme", "Severe", "Moderate", "Minor"] as const;
const certainties = ["Observed", "Likely", "Possible"] as const;

interface FieldsProps {
  readonly form: Form;
  readonly onChange: (part: Partial<Form>) => void;
}

/** Whose alerts, which, where, and what is said: then off to two others. */
export function StandingForm({ senders }: { readonly senders: readonly string[] }): VNode {
  const [form, setForm] = useState(emptyStanding);
  const change = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }));
  const changeSpoken = (part: Partial<EmergencyForm>) =>
    setForm((old) => ({ ...old, spoken: { ...old.spoken, ...part } }));
  const { spoken } = form;
  const words = t.value.emergency;
  return (
    <div class={`emergency-form ${spoken.severity ?? "undecided"}`}>
      <Step number={1} title={t.value.standing.senderStep}>
        <SenderFields form={form} senders={senders} onChange={change} />
        <LeastFields form={form} onChange={change} />
      </Step>
      <Step number={2} title={words.kindStep}>
        <SeverityChoice form={spoken} onChange={changeSpoken} />
      </Step>
      <Step number={3} title={words.areasStep}>
        <AreaChoice
          chosen={spoken.areas}
          onChoose={(chosen) => changeSpoken({ areas: topmost(areas.value, chosen) })}
        />
        <ChosenAreas chosen={spoken.areas} />
      </Step>
      <Step number={4} title={words.messageStep}>
        <EmergencyMessage form={spoken} onChange={changeSpoken} />
      </Step>
      <Step number={5} title={words.repeatStep}>
        <EmergencyRepeats form={spoken} onChange={changeSpoken} />
      </Step>
      <Step number={6} title={t.value.standing.confirmStep}>
        <SendForm form={form} onChange={change} />
      </Step>
    </div>
  );
}

function SenderFields({
  form,
  senders,
  onChange,
}: FieldsProps & { readonly senders: readonly string[] }): VNode {
  const words = t.value.standing;
  return (
    <>
      <Select
        label={words.sender}
        value={form.sender}
        onChange={(event) => onChange({ sender: textOf(event) })}
      >
        <Option value="">{words.choose}</Option>
        {senders.map((one) => (
          <Option key={one} value={one}>
            {one}
          </Option>
        ))}
      </Select>
      <Textarea
        label={words.eventsField}
        hint={words.eventsHint}
        rows={3}
        resize="auto"
        value={form.events}
        onInput={(event) => onChange({ events: textOf(event) })}
      />
    </>
  );
}

function LeastFields({ form, onChange }: FieldsProps): VNode {
  const words = t.value.standing;
  const change = (part: Partial<Form["least"]>) => onChange({ least: { ...form.least, ...part } });
  return (
    <div class="choices">
      <OneOf
        label={words.leastUrgency}
        all={urgencies}
        names={words.urgency}
        value={form.least.urgency}
        onChoose={(urgency) => change({ urgency })}
      />
      <OneOf
        label={words.leastSeverity}
        all={severities}
        names={words.severity}
        value={form.least.severity}
        onChoose={(severity) => change({ severity })}
      />
      <OneOf
        label={words.leastCertainty}
        all={certainties}
        names={words.certainty}
        value={form.least.certainty}
        onChoose={(certainty) => change({ certainty })}
      />
    </div>
  );
}

function OneOf<Word extends string>({
  label,
  all,
  names,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly all: readonly Word[];
  readonly names: Readonly<Record<Word, string>>;
  readonly value: Word;
  readonly onChoose: (word: Word) => void;
}): VNode {
  const choose = (event: Event) => {
    const word = all.find((one) => one === textOf(event));
    if (word !== undefined) onChoose(word);
  };
  return (
    <Select label={label} value={value} onChange={choose}>
      {all.map((one) => (
        <Option key={one} value={one}>
          {names[one]}
        </Option>
      ))}
    </Select>
  );
}

function SendForm({ form, onChange }: FieldsProps): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = t.value.standing;
  const { severity } = form.spoken;
  const wish = wishOfStanding(form);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (wish === null) return;
    const answer = await calls.draftStandingApproval(wish);
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) go({ page: "standing-approval", id: answer.value.standingApproval.id });
  };
  const confirm = (typed: string) => onChange({ spoken: { ...form.spoken, confirm: typed } });
  return (
    <form class="emergency-confirm" onSubmit={(event) => void submit(event)}>
      <Input
        class="narrow"
        label={words.days}
        type="number"
        min="1"
        max="365"
        step={1}
        value={form.days}
        onInput={(event) => onChange({ days: textOf(event) })}
      />
      {severity !== null && (
        <Input
          class="narrow"
          label={t.value.emergency.type(confirmations[severity])}
          autocomplete="off"
          value={form.spoken.confirm}
          onInput={(event) => confirm(textOf(event))}
        />
      )}
      {wish === null && <p class="quiet">{words.incomplete}</p>}
      {problem !== null && <Refusal problem={problem} />}
      <Button type="submit" variant={severity === "actual" ? "danger" : "brand"} disabled={wish === null}>
        {words.send}
      </Button>
    </form>
  );
}
