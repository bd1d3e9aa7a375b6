import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { emptySpan, MAX_SPANS, type SpanForm, spanOf } from "../view/volume-form.ts";
import { Button, Icon, Input, textOf } from "./web-awesome.tsx";

/** The volume profile by hour: spans that are added and removed. */
export function VolumeSpans({
  spans,
  onChange,
}: {
  readonly spans: readonly SpanForm[];
  readonly onChange: (spans: readonly SpanForm[]) => void;
}): VNode {
  const [typed, setTyped] = useState(emptySpan);
  const words = t.value.levels;
  const type = (part: Partial<SpanForm>) => setTyped((old) => ({ ...old, ...part }));
  const say = ({ from, to, gainDb }: SpanForm) => words.span(from, to, gainDb.replace("-", "−"));
  return (
    <fieldset class="text-list">
      <legend>{words.byHour}</legend>
      {spans.length === 0 && <p class="quiet">{words.byHourNone}</p>}
      <ul class="plain chips">
        {spans.map((one) => (
          <li key={say(one)} class="chip">
            {say(one)}
            <button
              type="button"
              aria-label={words.removeSpan(say(one))}
              onClick={() => onChange(spans.filter((other) => other !== one))}
            >
              <Icon name="cross" />
            </button>
          </li>
        ))}
      </ul>
      <div class="span-fields">
        <Input
          label={words.spanFrom}
          type="time"
          size="s"
          value={typed.from}
          onInput={(event) => type({ from: textOf(event) })}
        />
        <Input
          label={words.spanTo}
          type="time"
          size="s"
          value={typed.to}
          onInput={(event) => type({ to: textOf(event) })}
        />
        <Input
          label={words.spanGain}
          type="number"
          step="any"
          size="s"
          value={typed.gainDb}
          onInput={(event) => type({ gainDb: textOf(event) })}
        />
        <Button
          size="s"
          appearance="outlined"
          disabled={spanOf(typed) === null || spans.length >= MAX_SPANS}
          onClick={() => onChange([...spans, typed])}
        >
          {words.addSpan}
        </Button>
      </div>
    </fieldset>
  );
}
