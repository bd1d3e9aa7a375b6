import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "../api/http.ts";
import * as calls from "../api/people-calls.ts";
import { t } from "../i18n/language.ts";
import { GrantFields } from "../parts/grant-fields.tsx";
import { Empty, Loaded, Refusal, useAnswer } from "../parts/loaded.tsx";
import { NewPasswordNote } from "../parts/new-password-note.tsx";
import { PersonCard } from "../parts/person-card.tsx";
import { Button, Details, Input, textOf } from "../parts/web-awesome.tsx";
import { emptyGrant, wishOf } from "../view/grant-form.ts";

/** Who may do what in the areas that one administers. */
export function PeoplePage(): VNode {
  const words = t.value.people;
  const answer = useAnswer(calls.people, []);
  return (
    <div class="account-page">
      <h1>{words.title}</h1>
      <p class="quiet">{words.explain}</p>
      <NewPerson onMade={answer.reload} />
      <Loaded from={answer}>
        {({ users }) =>
          users.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            users.map((person) => <PersonCard key={person.id} person={person} onChanged={answer.reload} />)
          )
        }
      </Loaded>
    </div>
  );
}

function NewPerson({ onMade }: { readonly onMade: () => void }): VNode {
  const [name, setName] = useState("");
  const [form, setForm] = useState(emptyGrant);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [made, setMade] = useState<calls.NewPassword | null>(null);
  const words = t.value.people;
  const wish = wishOf(form);
  const create = async (event: Event) => {
    event.preventDefault();
    if (wish === null || name.trim() === "") return;
    const answer = await calls.createPerson(name, wish);
    setProblem(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    setMade(answer.value);
    setName("");
    setForm(emptyGrant);
    onMade();
  };
  return (
    <section class="panel" aria-label={words.add}>
      {made !== null && <NewPasswordNote given={made} />}
      <Details summary={words.add}>
        <form class="person-form" onSubmit={create}>
          {problem !== null && <Refusal problem={problem} />}
          <Input
            label={t.value.signIn.user}
            hint={words.nameHint}
            maxlength={64}
            value={name}
            onInput={(event) => setName(textOf(event))}
          />
          <GrantFields form={form} onChange={setForm} />
          <Button type="submit" variant="brand" disabled={wish === null || name.trim() === ""}>
            {words.addButton}
          </Button>
        </form>
      </Details>
    </section>
  );
}
