import type { Weekday } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { sayDate, sayTime } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { everyDay, furthestDate, isDate, isTime, type RecurrenceForm } from "../view/recurrence-form.ts";
import { TextList } from "./text-list.tsx";
import { Checkbox, Input, isChecked, Radio, RadioGroup, textOf } from "./web-awesome.tsx";

const modes = ["soon", "once", "repeated"] as const;

interface FieldsProps {
  readonly form: RecurrenceForm;
  readonly onChange: (part: Partial<RecurrenceForm>) => void;
}

export function RecurrenceFields({ form, onChange }: FieldsProps): VNode {
  const words = t.value.broadcast;
  return (
    <>
      <RadioGroup
        label={words.mode}
        orientation="horizontal"
        value={form.mode}
        onChange={(event) => onChange({ mode: modes.find((one) => one === textOf(event)) ?? "soon" })}
      >
        {modes.map((one) => (
          <Radio key={one} value={one} appearance="button">
            {words.modes[one]}
          </Radio>
        ))}
      </RadioGroup>
      {form.mode === "soon" && (
        <Input
          class="narrow"
          label={words.soonSeconds}
          hint={words.soonHint}
          type="number"
          min="5"
          max="3600"
          step={1}
          value={form.soonSeconds}
          onInput={(event) => onChange({ soonSeconds: textOf(event) })}
        />
      )}
      {form.mode === "once" && <OnceFields form={form} onChange={onChange} />}
      {form.mode === "repeated" && <RepeatedFields form={form} onChange={onChange} />}
    </>
  );
}

function OnceFields({ form, onChange }: FieldsProps): VNode {
  const words = t.value.broadcast;
  return (
    <div class="choices">
      <Input
        label={words.date}
        type="date"
        max={furthestDate(now.peek())}
        value={form.onceDate}
        onInput={(event) => onChange({ onceDate: textOf(event) })}
      />
      <Input
        label={words.time}
        type="time"
        step={1}
        value={form.onceTime}
        onInput={(event) => onChange({ onceTime: textOf(event) })}
      />
    </div>
  );
}

function RepeatedFields({ form, onChange }: FieldsProps): VNode {
  const words = t.value.broadcast;
  return (
    <>
      <TextList
        label={words.times}
        type="time"
        values={form.times}
        isValid={isTime}
        add={words.addTime}
        say={sayTime}
        remove={words.removeTime}
        onChange={(times) => onChange({ times })}
      />
      <Weekdays chosen={form.weekdays} onChange={(weekdays) => onChange({ weekdays })} />
      <div class="choices">
        <Input
          label={words.from}
          type="date"
          value={form.from}
          onInput={(event) => onChange({ from: textOf(event) })}
        />
        <Input
          label={words.to}
          type="date"
          hint={words.toHint}
          value={form.to}
          onInput={(event) => onChange({ to: textOf(event) })}
        />
      </div>
      <TextList
        label={words.except}
        type="date"
        values={form.except}
        isValid={isDate}
        add={words.addExcept}
        say={(date) => sayDate(date, true)}
        remove={(date) => words.removeDate(date)}
        onChange={(except) => onChange({ except })}
      />
      <Repeats form={form} onChange={onChange} />
    </>
  );
}

function Repeats({ form, onChange }: FieldsProps): VNode {
  const words = t.value.broadcast;
  return (
    <div class="choices">
      <Input
        label={words.repeatTimes}
        type="number"
        min="0"
        max="20"
        step={1}
        value={form.repeatTimes}
        onInput={(event) => onChange({ repeatTimes: textOf(event) })}
      />
      {Number(form.repeatTimes) > 0 && (
        <Input
          label={words.repeatMinutes}
          type="number"
          min="1"
          max="720"
          step={1}
          value={form.repeatMinutes}
          onInput={(event) => onChange({ repeatMinutes: textOf(event) })}
        />
      )}
    </div>
  );
}

function Weekdays({
  chosen,
  onChange,
}: {
  readonly chosen: readonly Weekday[];
  readonly onChange: (days: readonly Weekday[]) => void;
}): VNode {
  const set = (day: Weekday, isOn: boolean) =>
    onChange(everyDay.filter((one) => (one === day ? isOn : chosen.includes(one))));
  return (
    <fieldset class="check-row">
      <legend>{t.value.broadcast.weekdays}</legend>
      {everyDay.map((day) => (
        <Checkbox key={day} checked={chosen.includes(day)} onChange={(event) => set(day, isChecked(event))}>
          {t.value.words.weekdayLong[day]}
        </Checkbox>
      ))}
    </fieldset>
  );
}
