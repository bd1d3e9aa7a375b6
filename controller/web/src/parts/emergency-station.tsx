import type { VNode } from "preact";
import * as calls from "../api/sound-calls.ts";
import { t } from "../i18n/language.ts";
import { type EmergencyFieldsProps, isForEmergency } from "../view/emergency-form.ts";
import { useAnswer } from "./loaded.tsx";
import { Input, Option, Select, textOf } from "./web-awesome.tsx";

/** What comes behind the message: a station that is passed on, such as the province's own while somebody speaks there. */
export function EmergencyStation({ form, onChange }: EmergencyFieldsProps): VNode {
  const stored = useAnswer(calls.relays, []);
  const relays = (stored.value?.relays ?? []).filter(isForEmergency);
  const words = t.value.emergency.station;
  return (
    <div class="choices">
      <Select
        label={words.title}
        hint={words.hint}
        value={form.stream?.id ?? ""}
        onChange={(event) => onChange({ stream: relays.find((one) => one.id === textOf(event)) ?? null })}
      >
        <Option value="">{words.none}</Option>
        {relays.map((one) => (
          <Option key={one.id} value={one.id}>
            {one.title}
          </Option>
        ))}
      </Select>
      {form.stream !== null && (
        <Input
          label={words.minutes}
          hint={words.minutesHint}
          type="number"
          min="1"
          max="120"
          step={1}
          value={form.streamMin}
          onInput={(event) => onChange({ streamMin: textOf(event) })}
        />
      )}
    </div>
  );
}
