import type { VNode } from "preact";
import * as calls from "../api/calls.ts";
import { t } from "../i18n/language.ts";
import { durationText } from "../view/ages.ts";
import { type EmergencyFieldsProps, lengthOfEmergency } from "../view/emergency-form.ts";
import { useAnswer } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Input, textOf } from "./web-awesome.tsx";

export function EmergencyRepeats({ form, onChange }: EmergencyFieldsProps): VNode {
  const words = t.value.emergency;
  return (
    <>
      <div class="choices">
        <Input
          label={words.sirenS}
          hint={words.sirenHint}
          type="number"
          min="0"
          max="60"
          step={1}
          value={form.sirenS}
          onInput={(event) => onChange({ sirenS: textOf(event) })}
        />
        <Input
          label={words.times}
          type="number"
          min="1"
          max="100"
          step={1}
          value={form.times}
          onInput={(event) => onChange({ times: textOf(event) })}
        />
        <Input
          label={words.gapS}
          type="number"
          min="0"
          max="1800"
          step={1}
          value={form.gapS}
          onInput={(event) => onChange({ gapS: textOf(event) })}
        />
        <Input
          label={words.durationMin}
          hint={words.durationHint}
          type="number"
          min="1"
          max="1440"
          step={1}
          value={form.durationMin}
          onInput={(event) => onChange({ durationMin: textOf(event) })}
        />
      </div>
      <Length form={form} />
    </>
  );
}

function Length({ form }: Pick<EmergencyFieldsProps, "form">): VNode | null {
  const stored = useAnswer(calls.clips, []);
  const clips = new Map((stored.value?.clips ?? []).map((one) => [one.sha256, one.durationMs]));
  for (const one of [form.clip, form.spoken]) if (one !== null) clips.set(one.sha256, one.durationMs);
  const length = lengthOfEmergency(form, clips);
  if (length === null) return null;
  const words = t.value.emergency;
  return (
    <>
      <p role="status">{words.length(durationText(length.oneMs), durationText(length.allMs))}</p>
      {length.outlasts && <Mark tone="warn" icon="alert" text={words.outlasts} />}
    </>
  );
}
