import { bulletinField } from "@loa/shared/broadcast/content.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import type { ContentForm } from "../view/schedule-wish.ts";
import { Input, Option, Radio, RadioGroup, Select, textOf } from "./web-awesome.tsx";

const titleLimit = 200;

interface FieldsProps {
  readonly content: ContentForm;
  readonly onChange: (part: Partial<ContentForm>) => void;
}

export function ContentFields({ content, onChange }: FieldsProps): VNode {
  const words = t.value.broadcast;
  return (
    <>
      <Input
        label={words.bulletinTitle}
        required
        maxlength={titleLimit}
        value={content.title}
        onInput={(event) => onChange({ title: textOf(event) })}
      />
      {content.source !== "programme" && <ClassAndField content={content} onChange={onChange} />}
      {(content.source === "programme" || content.class === "priority") && (
        <Order content={content} onChange={onChange} />
      )}
    </>
  );
}

/** A programme has those of its bulletins. */
function ClassAndField({ content, onChange }: FieldsProps): VNode {
  const words = t.value.broadcast;
  const chooseField = (event: Event) => {
    const parsed = bulletinField.safeParse(textOf(event));
    if (parsed.success) onChange({ field: parsed.data });
  };
  return (
    <>
      <RadioGroup
        label={words.class}
        orientation="horizontal"
        value={content.class}
        onChange={(event) => onChange({ class: textOf(event) === "priority" ? "priority" : "normal" })}
      >
        <Radio value="normal">{t.value.words.class.normal}</Radio>
        <Radio value="priority">{t.value.words.class.priority}</Radio>
      </RadioGroup>
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

function Order({ content, onChange }: FieldsProps): VNode {
  const isProgramme = content.source === "programme";
  const { broadcast, programmes } = t.value;
  return (
    <Input
      label={isProgramme ? programmes.order : broadcast.order}
      hint={isProgramme ? programmes.orderHint : broadcast.orderHint}
      type="number"
      min="0"
      max="1000"
      step={1}
      value={content.order}
      onInput={(event) => onChange({ order: textOf(event) })}
    />
  );
}
