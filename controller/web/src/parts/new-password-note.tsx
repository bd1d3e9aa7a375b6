import type { VNode } from "preact";
import type { NewPassword } from "../api/people-calls.ts";
import { t } from "../i18n/language.ts";
import { Callout, Icon } from "./web-awesome.tsx";

/** A password that nobody can show again. */
export function NewPasswordNote({ given }: { readonly given: NewPassword }): VNode {
  return (
    <Callout variant="success" role="status">
      <Icon slot="icon" name="check" />
      <p>{t.value.people.passwordOnce(given.name)}</p>
      <p>
        <code class="new-password">{given.password}</code>
      </p>
    </Callout>
  );
}
