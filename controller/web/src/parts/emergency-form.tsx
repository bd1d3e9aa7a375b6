import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { areas } from "../live/fleet.ts";
import { topmost } from "../view/area-tally.ts";
import type { EmergencyFieldsProps, EmergencyForm as Form } from "../view/emergency-form.ts";
import { AreaChoice } from "./area-tree.tsx";
import { ChosenAreas } from "./chosen-areas.tsx";
import { ConfirmEmergency } from "./emergency-confirm.tsx";
import { EmergencyMessage } from "./emergency-message.tsx";
import { EmergencyRepeats } from "./emergency-repeats.tsx";
import { EmergencyStation } from "./emergency-station.tsx";
import { SeverityMark } from "./severity-mark.tsx";
import { Step } from "./step.tsx";
import { Radio, RadioGroup, textOf } from "./web-awesome.tsx";

const severities = ["actual", "exercise"] as const;

/** The frame takes the colour of what was chosen, so that nobody raises the one and means the other. */
export function EmergencyForm({ begun }: { readonly begun: Form }): VNode {
  const [form, setForm] = useState<Form>(begun);
  const change = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }));
  const words = t.value.emergency;
  return (
    <div class={`emergency-form ${form.severity ?? "undecided"}`}>
      <Step number={1} title={words.kindStep}>
        {/* An update is of the kind of what it takes the place of. */}
        {form.replaces === null || form.severity === null ? (
          <SeverityChoice form={form} onChange={change} />
        ) : (
          <SeverityMark severity={form.severity} />
        )}
      </Step>
      <Step number={2} title={words.areasStep}>
        <p class="quiet">{t.value.broadcast.areasHint}</p>
        <AreaChoice
          chosen={form.areas}
          onChoose={(chosen) => change({ areas: topmost(areas.value, chosen) })}
        />
        <ChosenAreas chosen={form.areas} />
      </Step>
      <Step number={3} title={words.messageStep}>
        <EmergencyMessage form={form} onChange={change}>
          <EmergencyStation form={form} onChange={change} />
        </EmergencyMessage>
      </Step>
      <Step number={4} title={words.repeatStep}>
        <EmergencyRepeats form={form} onChange={change} />
      </Step>
      <Step number={5} title={words.confirmStep}>
        <ConfirmEmergency form={form} onChange={change} />
      </Step>
    </div>
  );
}

export function SeverityChoice({ form, onChange }: EmergencyFieldsProps): VNode {
  const words = t.value.emergency;
  const choose = (event: Event) => {
    const severity = severities.find((one) => one === textOf(event)) ?? null;
    // What was typed for the other one must not stand as the word for this one.
    onChange({ severity, confirm: "" });
  };
  return (
    <RadioGroup label={words.kindStep} hint={words.kindHint} value={form.severity ?? ""} onChange={choose}>
      {severities.map((one) => (
        <Radio key={one} value={one} class={`severity-choice ${one}`}>
          <SeverityMark severity={one} />
          <span class="severity-means">{words.severityMeans[one]}</span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
