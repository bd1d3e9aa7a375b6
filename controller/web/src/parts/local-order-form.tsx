import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/draft-calls.ts";
import type { Problem } from "../api/http.ts";
import type { BoxDetail } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { go } from "../router.ts";
import { confirmations } from "../view/emergency-form.ts";
import {
  edges,
  emptyLocalOrder,
  type LocalOrderForm as Form,
  wishOfLocalOrder,
} from "../view/local-order-form.ts";
import { Refusal } from "./loaded.tsx";
import { Button, Input, Option, Select, textOf } from "./web-awesome.tsx";

const headlineLimit = 200;

interface FieldsProps {
  readonly form: Form;
  readonly onChange: (part: Partial<Form>) => void;
}

export function LocalOrderForm({
  box,
  values,
}: {
  readonly box: BoxId;
  readonly values: BoxDetail["values"];
}): VNode {
  const [form, setForm] = useState(emptyLocalOrder);
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const submit = async (event: Event) => {
    event.preventDefault();
    const wish = wishOfLocalOrder(form, now.value);
    if (wish === null) return;
    const answer = await calls.draftLocalOrder(box, wish);
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) go({ page: "draft", id: answer.value.draft.id });
  };
  return (
    <form class="emergency-form actual" onSubmit={(event) => void submit(event)}>
      <Input
        label={t.value.emergency.headline}
        maxlength={headlineLimit}
        value={form.headline}
        onInput={(event) => change({ headline: textOf(event) })}
      />
      <div class="choices">
        <Contact form={form} values={values} onChange={change} />
        <Bounds form={form} onChange={change} />
      </div>
      <Input
        class="narrow"
        label={t.value.emergency.type(confirmations.actual)}
        autocomplete="off"
        value={form.confirm}
        onInput={(event) => change({ confirm: textOf(event) })}
      />
      {problem !== null && <Refusal problem={problem} />}
      <Button type="submit" variant="danger" disabled={wishOfLocalOrder(form, now.value) === null}>
        {t.value.trust.local.send}
      </Button>
    </form>
  );
}

function Contact({ form, values, onChange }: FieldsProps & { readonly values: BoxDetail["values"] }): VNode {
  const words = t.value.trust.local;
  const signals = values.map((one) => one.capability);
  return (
    <>
      <Select
        label={words.contact}
        value={form.signal ?? ""}
        onChange={(event) => onChange({ signal: signals.find((one) => one === textOf(event)) ?? null })}
      >
        {signals.map((one) => (
          <Option key={one} value={one}>
            {t.value.words.capability[one]}
          </Option>
        ))}
      </Select>
      <Select
        label={words.edge}
        value={form.edge}
        onChange={(event) => onChange({ edge: edges.find((one) => one === textOf(event)) ?? "above" })}
      >
        {edges.map((one) => (
          <Option key={one} value={one}>
            {words.edges[one]}
          </Option>
        ))}
      </Select>
    </>
  );
}

function Bounds({ form, onChange }: FieldsProps): VNode {
  const words = t.value.trust.local;
  return (
    <>
      <Input
        label={words.limit}
        hint={words.limitHint}
        type="number"
        step="any"
        value={form.limit}
        onInput={(event) => onChange({ limit: textOf(event) })}
      />
      <Input
        label={words.days}
        type="number"
        min="1"
        max="366"
        step={1}
        value={form.days}
        onInput={(event) => onChange({ days: textOf(event) })}
      />
    </>
  );
}
