import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { goToProvider } from "../api/account-calls.ts";
import type { Problem } from "../api/http.ts";
import { switchLanguage, t } from "../i18n/language.ts";
import { canUsePasskeys } from "../live/passkeys.ts";
import { signIn, signInByPasskey } from "../live/session.ts";
import { askWaysIn, waysIn } from "../live/ways-in.ts";
import { Refusal } from "../parts/loaded.tsx";
import { Mark } from "../parts/mark.tsx";
import { Button, Callout, Details, Icon, Input, textOf } from "../parts/web-awesome.tsx";
import { refusedSignIn } from "../view/refused-sign-in.ts";

export function SignInPage({ problem }: { readonly problem: Problem | null }): VNode {
  const words = t.value.signIn;
  const ways = waysIn.value;
  useEffect(() => void askWaysIn(), []);
  return (
    <main class="sign-in">
      <header class="sign-in-head">
        <img src="/loa.svg" alt="" width="56" height="56" />
        <div>
          <p class="product">{t.value.product}</p>
          <p class="quiet">{t.value.tagline}</p>
        </div>
      </header>
      <h1>{words.title}</h1>
      <CameBack />
      {problem !== null && <Refusal problem={problem} />}
      {ways?.openId === true && <ProviderButton />}
      {ways?.ownSignIn === "break-glass" ? (
        <Details summary={t.value.account.breakGlass.own}>
          <PasswordForm />
        </Details>
      ) : (
        <PasswordForm />
      )}
      <PasskeyButton origin={ways?.passkeyOrigin ?? location.origin} />
      <Button appearance="plain" size="s" onClick={switchLanguage}>
        <span lang={t.value.languageName === "English" ? "vi" : "en"}>{t.value.otherLanguage}</span>
      </Button>
    </main>
  );
}

function PasswordForm(): VNode {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);
  const words = t.value.signIn;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy || user === "" || password === "") return;
    setBusy(true);
    await signIn(user, password);
    setBusy(false);
  };
  return (
    <form onSubmit={submit}>
      <Input
        label={words.user}
        name="user"
        autocomplete="username"
        autofocus
        required
        value={user}
        onInput={(event) => setUser(textOf(event))}
      />
      <Input
        label={words.password}
        name="password"
        type="password"
        autocomplete="current-password"
        required
        passwordToggle
        hint={words.hint}
        value={password}
        onInput={(event) => setPassword(textOf(event))}
      />
      <Button type="submit" variant="brand" loading={isBusy}>
        {words.submit}
      </Button>
    </form>
  );
}

function PasskeyButton({ origin }: { readonly origin: string }): VNode | null {
  const [hasFailed, setFailed] = useState(false);
  if (!canUsePasskeys()) return null;
  // A passkey belongs to one address: by another name of this machine the browser would not find it.
  if (origin !== location.origin) {
    return <a href={origin}>{t.value.account.openThere(origin)}</a>;
  }
  return (
    <>
      {hasFailed && <Mark tone="bad" icon="cross" text={t.value.account.keyNotUsed} />}
      <Button appearance="outlined" onClick={() => void signInByPasskey().then((used) => setFailed(!used))}>
        <Icon slot="start" name="check" />
        {t.value.account.usePasskey}
      </Button>
    </>
  );
}

function ProviderButton(): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const leave = async () => {
    const there = await goToProvider(false);
    if (there.ok) location.assign(there.value.url);
    else setProblem(there.error);
  };
  return (
    <>
      {problem !== null && <Refusal problem={problem} />}
      <Button variant="brand" onClick={() => void leave()}>
        {t.value.account.useProvider}
      </Button>
    </>
  );
}

/** Back from the provider, without having come in. */
function CameBack(): VNode | null {
  const [refused] = useState(() => refusedSignIn(location.search));
  // Said once: whoever signs in and out again should not read it anew.
  useEffect(() => history.replaceState(null, "", location.pathname + location.hash), []);
  if (refused === null) return null;
  const { subject } = refused;
  return (
    <Callout variant="warning" role="alert">
      <Icon slot="icon" name="alert" />
      <p>{t.value.account.refused[refused.why]}</p>
      {subject !== null && (
        <p class="quiet">
          {t.value.account.subject} <code>{subject}</code>
        </p>
      )}
    </Callout>
  );
}
