import { bulletinField } from "@loa/shared/broadcast/content.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import type { ContentForm } from "../view/schedule-wish.ts";
import { Input, Option, Radio, RadioGroup, Select, textOf } from "./web-awesome.tsx";

const titleLimit = 200;

export function ContentFields({
  content,
  onChange,
}: {
  readonly content: ContentForm;
  readonly onChange: (part: Partial<ContentForm>) => void;
}): VNode {
  const words = t.value.broadcast;
  const chooseField = (event: Event) => {
    const parsed = bulletinField.safeParse(textOf(event));
    if (parsed.success) onChange({ field: parsed.data });
  };
  return (
    <>
      <Input
        label={words.bulletinTitle}
        required
        maxlength={titleLimit}
        value={content.title}
        onInput={(event) => onChange({ title: textOf(event) })}
      />
      <RadioGroup
        label={words.class}
        orientation="horizontal"
        value={content.class}
        onChange={(event) => onChange({ class: textOf(event) === "priority" ? "priority" : "normal" })}
      >
        <Radio value="normal">{t.value.words.class.normal}</Radio>
        <Radio value="priority">{t.value.words.class.priority}</Radio>
      </RadioGroup>
      {content.class === "priority" && (
        <Input
          label={words.order}
          hint={words.orderHint}
          type="number"
          min="0"
          max="1000"
          step={1}
          value={content.order}
          onInput={(event) => onChange({ order: textOf(event) })}
        />
      )}
      <Select label={words.field} value={content.field} onChange={chooseField}>
        {bulletinField.options.map((one) => (
          <Option key={one} value={one}>
            {t.value.words.field[one]}
          </Option>
        ))}
      </Select>
    </>
  );
}
