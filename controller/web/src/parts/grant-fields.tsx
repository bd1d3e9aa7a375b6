import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { type GrantForm, grantRoles } from "../view/grant-form.ts";
import { AreaSelect } from "./area-select.tsx";
import { Input, Option, Select, textOf } from "./web-awesome.tsx";

/** A role, where, and from when until when. */
export function GrantFields({
  form,
  onChange,
}: {
  readonly form: GrantForm;
  readonly onChange: (form: GrantForm) => void;
}): VNode {
  const words = t.value.people;
  const isVendor = form.role === "vendor";
  return (
    <div class="grant-fields">
      <Select
        label={words.role}
        hint={words.roleMeans[form.role]}
        value={form.role}
        onChange={(event) => {
          const role = grantRoles.find((one) => one === textOf(event));
          if (role !== undefined) onChange({ ...form, role });
        }}
      >
        {grantRoles.map((role) => (
          <Option key={role} value={role}>
            {t.value.account.role[role] ?? role}
          </Option>
        ))}
      </Select>
      <AreaSelect label={words.area} value={form.area} onChoose={(area) => onChange({ ...form, area })} />
      <Input
        label={words.from}
        hint={words.fromHint}
        type="date"
        value={form.from}
        onInput={(event) => onChange({ ...form, from: textOf(event) })}
      />
      <Input
        label={words.lastDay}
        hint={isVendor ? words.lastDayOfVendor : words.lastDayHint}
        type="date"
        required={isVendor}
        value={form.lastDay}
        onInput={(event) => onChange({ ...form, lastDay: textOf(event) })}
      />
    </div>
  );
}
