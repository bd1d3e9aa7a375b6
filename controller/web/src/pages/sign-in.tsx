import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "../api/http.ts";
import { switchLanguage, t } from "../i18n/language.ts";
import { signIn } from "../live/session.ts";
import { Refusal } from "../parts/loaded.tsx";
import { Button, Input, textOf } from "../parts/web-awesome.tsx";

export function SignInPage({ problem }: { readonly problem: Problem | null }): VNode {
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
    <main class="sign-in">
      <header class="sign-in-head">
        <img src="/loa.svg" alt="" width="56" height="56" />
        <div>
          <p class="product">{t.value.product}</p>
          <p class="quiet">{t.value.tagline}</p>
        </div>
      </header>
      <h1>{words.title}</h1>
      <form onSubmit={submit}>
        {problem !== null && <Refusal problem={problem} />}
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
      <Button appearance="plain" size="s" onClick={switchLanguage}>
        <span lang={t.value.languageName === "English" ? "vi" : "en"}>{t.value.otherLanguage}</span>
      </Button>
    </main>
  );
}
