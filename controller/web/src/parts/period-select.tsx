import { DAY_MS, HOUR_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { Option, Select, textOf } from "./web-awesome.tsx";

export const periodMs = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;
export type Period = keyof typeof periodMs;

/** How far back a list goes; the choices from short to long. */
export function PeriodSelect<Choice extends Period>({
  label,
  choices,
  value,
  size = "m",
  onChoose,
}: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: Choice;
  readonly size?: "s" | "m";
  readonly onChoose: (period: Choice) => void;
}): VNode {
  const choose = (event: Event) => {
    const chosen = choices.find((one) => one === textOf(event));
    if (chosen !== undefined) onChoose(chosen);
  };
  return (
    <Select label={label} size={size} value={value} onChange={choose}>
      {choices.map((one) => (
        <Option key={one} value={one}>
          {t.value.box.periods[one]}
        </Option>
      ))}
    </Select>
  );
}
