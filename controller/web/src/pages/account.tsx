import { addDays } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/account-calls.ts";
import type { Problem } from "../api/http.ts";
import type { Session } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayDate } from "../i18n/say.ts";
import { areaName } from "../live/fleet.ts";
import { signOut, standing } from "../live/session.ts";
import { AskFirst } from "../parts/ask-first.tsx";
import { AgeText, When } from "../parts/instant.tsx";
import { Loaded, Refusal, useAnswer } from "../parts/loaded.tsx";
import { OwnPasskeys } from "../parts/own-passkeys.tsx";
import { OwnPassword } from "../parts/own-password.tsx";
import { Button } from "../parts/web-awesome.tsx";

/** One's own account: what one may do, with which keys one comes in, and where one is signed in. */
export function AccountPage(): VNode {
  const at = standing.value;
  return (
    <div class="account-page">
      <h1>{t.value.nav.account}</h1>
      {at.kind === "in" && <Grants session={at.session} />}
      <OwnPasskeys />
      <Sessions />
      <OwnPassword />
    </div>
  );
}

function Grants({ session }: { readonly session: Session }): VNode {
  const words = t.value.account;
  return (
    <section>
      <h2>{words.rights}</h2>
      <p>{t.value.signIn.as(session.user.name)}</p>
      <ul class="account-rows">
        {session.grants.map(({ role, areaId, to }) => (
          <li key={`${role} ${areaId}`}>
            {words.role[role] ?? role} · {areaName(areaId)}
            {to !== null && <span class="quiet"> · {words.until(sayDate(addDays(to, -1), true))}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sessions(): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const answer = useAnswer(calls.sessions, []);
  const words = t.value.account;
  const end = async (id: string) => {
    const ended = await calls.endSession(id);
    setProblem(ended.ok ? null : ended.error);
    answer.reload();
  };
  const endAll = async () => {
    const ended = await calls.endAllSessions();
    if (ended.ok) await signOut();
    else setProblem(ended.error);
  };
  return (
    <section>
      <h2>{words.sessions}</h2>
      {problem !== null && <Refusal problem={problem} />}
      <Loaded from={answer}>
        {({ sessions }) => (
          <ul class="account-rows">
            {sessions.map((one) => (
              <li key={one.id} class="account-row">
                <span>
                  {words.method[one.method]} · {one.address}
                  {one.isThis && <strong> · {words.here}</strong>}
                </span>
                <span class="quiet">
                  {words.begun} <When at={one.createdAt} />, {words.lastUsed} <AgeText at={one.lastUsedAt} />
                </span>
                {!one.isThis && (
                  <Button size="s" appearance="outlined" onClick={() => void end(one.id)}>
                    {words.end}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <AskFirst
        label={words.endAll}
        title={words.endAll}
        explain={words.endAllExplain}
        onYes={() => void endAll()}
      />
    </section>
  );
}
