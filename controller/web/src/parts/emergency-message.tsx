import type { ComponentChildren, VNode } from "preact";
import { clipAudioUrl } from "../api/calls.ts";
import * as calls from "../api/sound-calls.ts";
import type { Bulletin } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import type { EmergencyFieldsProps } from "../view/emergency-form.ts";
import { BuiltInSound } from "./built-in-sound.tsx";
import { ClipChoice } from "./clip-choice.tsx";
import { useAnswer } from "./loaded.tsx";
import { SpokenText } from "./spoken-text.tsx";
import { TypedMessage } from "./typed-message.tsx";
import { Input, Option, Radio, RadioGroup, Select, textOf } from "./web-awesome.tsx";

const messages = ["built-in", "bulletin", "typed", "clip"] as const;
const corrections = ["built-in", "bulletin", "typed", "none"] as const;
const headlineLimit = 200;

/** `children` stand between what is said and what is said when it was wrong. */
export function EmergencyMessage({
  form,
  onChange,
  children,
}: EmergencyFieldsProps & { readonly children?: ComponentChildren }): VNode {
  const words = t.value.emergency;
  return (
    <>
      <Input
        label={words.headline}
        hint={words.headlineHint}
        required
        maxlength={headlineLimit}
        value={form.headline}
        onInput={(event) => onChange({ headline: textOf(event) })}
      />
      <RadioGroup
        label={words.message}
        orientation="horizontal"
        value={form.message}
        onChange={(event) =>
          onChange({ message: messages.find((one) => one === textOf(event)) ?? "built-in" })
        }
      >
        {messages.map((one) => (
          <Radio key={one} value={one} appearance="button">
            {words.messages[one]}
          </Radio>
        ))}
      </RadioGroup>
      <p class="quiet">{words.messageMeans[form.message]}</p>
      {form.message === "built-in" && form.severity !== null && <BuiltInSound words={form.severity} />}
      {form.message === "bulletin" && (
        <BulletinSelect chosen={form.bulletin} onChoose={(bulletin) => onChange({ bulletin })} />
      )}
      {form.message === "typed" && (
        <TypedMessage
          typed={form.typed}
          onType={(typed) => onChange({ typed })}
          chosen={form.spoken}
          onChoose={(spoken) => onChange({ spoken })}
        />
      )}
      {form.message === "clip" && <ClipChoice chosen={form.clip} onChoose={(clip) => onChange({ clip })} />}
      {children}
      <CorrectionChoice form={form} onChange={onChange} />
    </>
  );
}

/** Hawaii 2018: 38 minutes until the correction. Here it is approved with the emergency, and one press away. */
function CorrectionChoice({ form, onChange }: EmergencyFieldsProps): VNode {
  const words = t.value.trust;
  return (
    <>
      <RadioGroup
        label={words.correctionStep}
        hint={words.correctionHint}
        orientation="horizontal"
        value={form.correction}
        onChange={(event) =>
          onChange({ correction: corrections.find((one) => one === textOf(event)) ?? "built-in" })
        }
      >
        {corrections.map((one) => (
          <Radio key={one} value={one} appearance="button">
            {words.corrections[one]}
          </Radio>
        ))}
      </RadioGroup>
      {form.correction === "built-in" && <BuiltInSound words="correction" />}
      {form.correction === "bulletin" && (
        <BulletinSelect
          chosen={form.correctionBulletin}
          onChoose={(correctionBulletin) => onChange({ correctionBulletin })}
        />
      )}
      {form.correction === "typed" && (
        <TypedMessage
          typed={form.correctionTyped}
          onType={(correctionTyped) => onChange({ correctionTyped })}
          chosen={form.correctionSpoken}
          onChoose={(correctionSpoken) => onChange({ correctionSpoken })}
        />
      )}
    </>
  );
}

function BulletinSelect({
  chosen,
  onChoose,
}: {
  readonly chosen: Bulletin | null;
  readonly onChoose: (bulletin: Bulletin | null) => void;
}): VNode {
  const stored = useAnswer(calls.bulletins, []);
  const bulletins = stored.value?.bulletins ?? [];
  return (
    <>
      <Select
        label={t.value.emergency.bulletin}
        value={chosen?.id ?? ""}
        onChange={(event) => onChoose(bulletins.find((one) => one.id === textOf(event)) ?? null)}
      >
        <Option value="">{t.value.broadcast.noneChosen}</Option>
        {bulletins.map((one) => (
          <Option key={one.id} value={one.id}>
            {one.title}
          </Option>
        ))}
      </Select>
      {chosen?.spoken != null && <SpokenText title={t.value.speech.says} text={chosen.spoken} />}
      {chosen !== null && (
        // biome-ignore lint/a11y/useMediaCaption: its words stand above it, where a machine speaks them.
        <audio
          controls
          preload="none"
          src={clipAudioUrl(chosen.clip)}
          aria-label={t.value.trust.draft.preview}
        />
      )}
    </>
  );
}
