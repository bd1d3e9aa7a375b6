import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import type { RelayForm } from "../view/relay-form.ts";
import { Checkbox, Input, isChecked, Option, Radio, RadioGroup, Select, textOf } from "./web-awesome.tsx";

const kinds = ["stream", "input"] as const;
const inputs = ["fm", "line"] as const;

interface FieldsProps {
  readonly form: RelayForm;
  readonly onChange: (part: Partial<RelayForm>) => void;
}

export function RelaySourceFields({ form, onChange }: FieldsProps): VNode {
  const words = t.value.relays;
  return (
    <>
      <RadioGroup
        label={words.kind}
        orientation="horizontal"
        value={form.kind}
        onChange={(event) => onChange({ kind: kinds.find((one) => one === textOf(event)) ?? "stream" })}
      >
        {kinds.map((one) => (
          <Radio key={one} value={one} appearance="button">
            {words.kinds[one]}
          </Radio>
        ))}
      </RadioGroup>
      {form.kind === "stream" ? (
        <StreamFields form={form} onChange={onChange} />
      ) : (
        <Select
          label={words.input}
          hint={words.inputHint}
          value={form.input}
          onChange={(event) => onChange({ input: inputs.find((one) => one === textOf(event)) ?? "fm" })}
        >
          {inputs.map((one) => (
            <Option key={one} value={one}>
              {words.inputs[one]}
            </Option>
          ))}
        </Select>
      )}
      <Input
        class="narrow"
        label={words.gain}
        type="number"
        min="-40"
        max="24"
        step={0.5}
        value={form.gainDb}
        onInput={(event) => onChange({ gainDb: textOf(event) })}
      />
    </>
  );
}

function StreamFields({ form, onChange }: FieldsProps): VNode {
  const words = t.value.relays;
  return (
    <>
      <Input
        label={words.url}
        hint={words.urlHint}
        required
        maxlength={500}
        value={form.url}
        onInput={(event) => onChange({ url: textOf(event) })}
      />
      <Input
        label={words.hosts}
        hint={words.hostsHint}
        value={form.hosts}
        onInput={(event) => onChange({ hosts: textOf(event) })}
      />
      <Input
        label={words.fixedDelay}
        hint={words.fixedDelayHint}
        type="number"
        min="1"
        max="30"
        step="any"
        value={form.fixedDelayS}
        onInput={(event) => onChange({ fixedDelayS: textOf(event) })}
      />
      <div>
        <Checkbox checked={form.isPrivate} onChange={(event) => onChange({ isPrivate: isChecked(event) })}>
          {words.isPrivate}
        </Checkbox>
        <p class="quiet">{words.isPrivateHint}</p>
      </div>
    </>
  );
}
