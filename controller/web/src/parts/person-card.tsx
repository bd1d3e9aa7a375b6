import { addDays } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Answer, Problem } from "../api/http.ts";
import * as calls from "../api/people-calls.ts";
import { t } from "../i18n/language.ts";
import { sayDate } from "../i18n/say.ts";
import { areaName } from "../live/fleet.ts";
import { standing } from "../live/session.ts";
import { waysIn } from "../live/ways-in.ts";
import { emptyGrant, wishOf } from "../view/grant-form.ts";
import { AskFirst } from "./ask-first.tsx";
import { GrantFields } from "./grant-fields.tsx";
import { Refusal } from "./loaded.tsx";
import { NewPasswordNote } from "./new-password-note.tsx";
import { Button, Details, Input, textOf } from "./web-awesome.tsx";

/** One person: what they may do, where and until when; and a way back in for whoever lost the account. */
export function PersonCard({
  person,
  onChanged,
}: {
  readonly person: calls.Person;
  readonly onChanged: () => void;
}): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [fresh, setFresh] = useState<calls.NewPassword | null>(null);
  const words = t.value.people;
  const at = standing.value;
  // One's own account is mended by somebody else, or at the machine.
  const isOneself = at.kind === "in" && at.session.user.id === person.id;
  const done = (answer: Answer<unknown>) => {
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) onChanged();
    return answer.ok;
  };
  const recover = async () => {
    const answer = await calls.recoverPerson(person.id);
    if (done(answer) && answer.ok) setFresh(answer.value);
  };
  return (
    <section class="panel" aria-label={person.name}>
      <h2>{person.name}</h2>
      {problem !== null && <Refusal problem={problem} />}
      {fresh !== null && <NewPasswordNote given={fresh} />}
      <ul class="account-rows">
        {person.grants.map((grant) => (
          <GrantRow key={grant.id} grant={grant} onEnd={() => void calls.endGrant(grant.id).then(done)} />
        ))}
      </ul>
      <Details summary={words.give}>
        <GiveGrant onGive={async (wish) => done(await calls.giveGrant(person.id, wish))} />
      </Details>
      {waysIn.value?.openId === true && (
        <Details summary={words.link}>
          <LinkPerson onLink={async (subject) => void done(await calls.linkPerson(person.id, subject))} />
        </Details>
      )}
      {!isOneself && (
        <div class="actions">
          <AskFirst
            label={words.recover}
            title={words.recoverTitle(person.name)}
            explain={words.recoverExplain}
            onYes={() => void recover()}
          />
        </div>
      )}
    </section>
  );
}

function GrantRow({
  grant: { role, areaId, from, to },
  onEnd,
}: {
  readonly grant: calls.PersonGrant;
  readonly onEnd: () => void;
}): VNode {
  const words = t.value.people;
  const name = `${t.value.account.role[role] ?? role} · ${areaName(areaId)}`;
  return (
    <li class="account-row">
      <strong>{name}</strong>
      <span class="quiet">
        {words.since(sayDate(from, true))}
        {to !== null && `, ${t.value.account.until(sayDate(addDays(to, -1), true))}`}
      </span>
      <AskFirst label={words.end} title={words.endTitle(name)} explain={words.endExplain} onYes={onEnd} />
    </li>
  );
}

function GiveGrant({
  onGive,
}: {
  /** Whether it was given. */
  readonly onGive: (wish: calls.GrantWish) => Promise<boolean>;
}): VNode {
  const [form, setForm] = useState(emptyGrant);
  const wish = wishOf(form);
  const give = async (event: Event) => {
    event.preventDefault();
    if (wish !== null && (await onGive(wish))) setForm(emptyGrant);
  };
  return (
    <form class="person-form" onSubmit={give}>
      <GrantFields form={form} onChange={setForm} />
      <Button type="submit" disabled={wish === null}>
        {t.value.people.giveButton}
      </Button>
    </form>
  );
}

function LinkPerson({ onLink }: { readonly onLink: (subject: string | null) => Promise<void> }): VNode {
  const [subject, setSubject] = useState("");
  const words = t.value.people;
  const link = (event: Event) => {
    event.preventDefault();
    if (subject.trim() !== "") void onLink(subject.trim());
  };
  return (
    <form class="person-form" onSubmit={link}>
      <Input
        label={words.subject}
        hint={words.subjectHint}
        maxlength={255}
        value={subject}
        onInput={(event) => setSubject(textOf(event))}
      />
      <div class="actions">
        <Button type="submit" disabled={subject.trim() === ""}>
          {words.linkButton}
        </Button>
        <Button appearance="outlined" onClick={() => void onLink(null)}>
          {words.unlink}
        </Button>
      </div>
    </form>
  );
}
