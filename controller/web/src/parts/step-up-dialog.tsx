import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { goToProvider } from "../api/account-calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { canUsePasskeys } from "../live/passkeys.ts";
import { proveByPasskey, proveByPassword, stepUpAsked } from "../live/step-up.ts";
import { waysIn } from "../live/ways-in.ts";
import { Refusal } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { closedBy } from "./stop-dialog.tsx";
import { Button, Dialog, Icon, Input, textOf } from "./web-awesome.tsx";

/** Asks for a fresh proof wherever a call needs one. */
export function StepUpDialog(): VNode | null {
  const asked = stepUpAsked.value;
  return asked === null ? null : <Asking onClose={() => asked.answer(false)} />;
}

function Asking({ onClose }: { readonly onClose: () => void }): VNode {
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem | "unused" | null>(null);
  const [isBusy, setBusy] = useState(false);
  const words = t.value.account.stepUp;
  const prove = async (proof: () => Promise<Problem | "unused" | null>) => {
    if (isBusy) return;
    setBusy(true);
    setProblem(await proof());
    setBusy(false);
  };
  const leave = async () => {
    const there = await goToProvider(true);
    if (there.ok) location.assign(there.value.url);
    else setProblem(there.error);
  };
  return (
    <Dialog label={words.title} open onwa-after-hide={closedBy(onClose)}>
      <form
        class="step-up"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== "") void prove(() => proveByPassword(password));
        }}
      >
        <p>{words.explain}</p>
        {problem === "unused" && <Mark tone="bad" icon="cross" text={t.value.account.keyNotUsed} />}
        {problem !== null && problem !== "unused" && <Refusal problem={problem} />}
        {canUsePasskeys() && (
          <Button variant="brand" disabled={isBusy} onClick={() => void prove(proveByPasskey)}>
            <Icon slot="start" name="check" />
            {t.value.account.usePasskey}
          </Button>
        )}
        <Input
          label={t.value.signIn.password}
          type="password"
          autocomplete="current-password"
          value={password}
          onInput={(event) => setPassword(textOf(event))}
        />
        <Button type="submit" loading={isBusy} disabled={password === ""}>
          {words.byPassword}
        </Button>
        {waysIn.value?.openId === true && (
          <Button appearance="outlined" onClick={() => void leave()}>
            {words.byProvider}
          </Button>
        )}
      </form>
    </Dialog>
  );
}
