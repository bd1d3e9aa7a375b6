import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Button, Icon, Input, textOf } from "./web-awesome.tsx";

/** A short list of times or dates: one is typed and added, each can be removed. */
export function TextList({
  label,
  type,
  values,
  isValid,
  add,
  say,
  remove,
  onChange,
}: {
  readonly label: string;
  readonly type: "time" | "date";
  readonly values: readonly string[];
  readonly isValid: (text: string) => boolean;
  readonly add: string;
  readonly say: (value: string) => string;
  /** Name of the button that removes this one. */
  readonly remove: (said: string) => string;
  readonly onChange: (values: readonly string[]) => void;
}): VNode {
  const [typed, setTyped] = useState("");
  const take = () => {
    if (!isValid(typed)) return;
    onChange([...new Set([...values, typed])].sort());
    setTyped("");
  };
  return (
    <fieldset class="text-list">
      <legend>{label}</legend>
      <ul class="plain chips">
        {values.map((one) => (
          <li key={one} class="chip">
            {say(one)}
            <button
              type="button"
              aria-label={remove(say(one))}
              onClick={() => onChange(values.filter((other) => other !== one))}
            >
              <Icon name="cross" />
            </button>
          </li>
        ))}
      </ul>
      <div class="choices choices-tight">
        <Input label={add} type={type} size="s" value={typed} onInput={(event) => setTyped(textOf(event))} />
        <Button size="s" appearance="outlined" disabled={!isValid(typed)} onClick={take}>
          {add}
        </Button>
      </div>
    </fieldset>
  );
}
