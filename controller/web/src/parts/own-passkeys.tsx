import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/account-calls.ts";
import type { Answer, Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { approvalSiteApart, askAtSite } from "../live/approval-site.ts";
import { type CeremonyOptions, canUsePasskeys, makePasskey } from "../live/passkeys.ts";
import { standing } from "../live/session.ts";
import { AskFirst } from "./ask-first.tsx";
import { AgeText, When } from "./instant.tsx";
import { Empty, Loaded, Refusal, useAnswer } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button, Input, textOf } from "./web-awesome.tsx";

/** One's own passkeys: made in this browser, named, removed. */
export function OwnPasskeys(): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const answer = useAnswer(calls.passkeys, []);
  const words = t.value.account;
  const done = (given: Answer<unknown>) => {
    setProblem(given.ok ? null : given.error);
    answer.reload();
  };
  return (
    <section>
      <h2>{words.passkeys}</h2>
      <p class="quiet">{words.passkeysExplain}</p>
      {problem !== null && <Refusal problem={problem} />}
      <Loaded from={answer}>
        {({ passkeys }) =>
          passkeys.length === 0 ? (
            <Empty>{words.noPasskeys}</Empty>
          ) : (
            <ul class="account-rows">
              {passkeys.map((passkey) => (
                <PasskeyRow key={passkey.id} passkey={passkey} onDone={done} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <AddPasskey onDone={done} />
    </section>
  );
}

interface Done {
  readonly onDone: (given: Answer<unknown>) => void;
}

function PasskeyRow({ passkey, onDone }: { readonly passkey: calls.Passkey } & Done): VNode {
  const [name, setName] = useState<string | null>(null);
  const words = t.value.account;
  const rename = async (event: Event) => {
    event.preventDefault();
    if (name === null || name.trim() === "") return;
    onDone(await calls.renamePasskey(passkey.id, name));
    setName(null);
  };
  return (
    <li class="account-row">
      {name === null ? (
        <strong>{passkey.name}</strong>
      ) : (
        <form class="account-name" onSubmit={rename}>
          <Input
            label={words.keyName}
            value={name}
            maxlength={64}
            onInput={(event) => setName(textOf(event))}
          />
          <Button type="submit" size="s">
            {words.save}
          </Button>
        </form>
      )}
      <span>{words.purpose[passkey.purpose]}</span>
      {passkey.copiedAt !== null && <Mark tone="bad" icon="alert" text={words.copied} />}
      <span class="quiet">
        {words.made} <When at={passkey.createdAt} />
        {passkey.lastUsedAt !== null && (
          <>
            , {words.lastUsed} <AgeText at={passkey.lastUsedAt} />
          </>
        )}
      </span>
      <span class="actions">
        {name === null && (
          <Button size="s" appearance="outlined" onClick={() => setName(passkey.name)}>
            {words.rename}
          </Button>
        )}
        <AskFirst
          label={words.remove}
          title={words.removeTitle(passkey.name)}
          explain={words.removeExplain}
          onYes={() => void calls.removePasskey(passkey.id).then(onDone)}
        />
      </span>
    </li>
  );
}

/** Whoever approves emergencies has a key for that, which signs nothing else. */
function AddPasskey({ onDone }: Done): VNode {
  const [name, setName] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const words = t.value.account;
  const at = standing.value;
  const person = at.kind === "in" ? at.session.user.name : "";
  const mayApprove = at.kind === "in" && at.session.grants.some(({ role }) => role === "emergency-approver");
  if (!canUsePasskeys()) return <p class="quiet">{words.cannot}</p>;
  const add = async (purpose: calls.Passkey["purpose"]) => {
    if (isBusy || name.trim() === "") return;
    setBusy(true);
    const asked = calls.newPasskeyOptions(purpose);
    const site = purpose === "approve" ? approvalSiteApart() : null;
    const made = site === null ? await makeHere(asked) : await makeAt(site, asked, person);
    const options = await asked;
    setFailed(options.ok && made === null);
    if (!options.ok) onDone(options);
    if (made !== null) {
      onDone(await calls.addPasskey(name, made));
      setName("");
    }
    setBusy(false);
  };
  return (
    <form
      class="account-name"
      onSubmit={(event: Event) => {
        event.preventDefault();
        void add("sign-in");
      }}
    >
      <Input
        label={words.keyName}
        hint={words.keyNameHint}
        maxlength={64}
        value={name}
        onInput={(event) => setName(textOf(event))}
      />
      <Button type="submit" variant="brand" loading={isBusy} disabled={name.trim() === ""}>
        {words.add}
      </Button>
      {mayApprove && (
        <Button loading={isBusy} disabled={name.trim() === ""} onClick={() => void add("approve")}>
          {words.addForApproving}
        </Button>
      )}
      {hasFailed && <Mark tone="bad" icon="cross" text={words.keyNotMade} />}
    </form>
  );
}

async function makeHere(asked: Promise<Answer<CeremonyOptions>>): Promise<object | null> {
  const options = await asked;
  return options.ok ? await makePasskey(options.value) : null;
}

/** In a window of the site for which the key is. */
async function makeAt(
  site: string,
  asked: Promise<Answer<CeremonyOptions>>,
  person: string,
): Promise<object | null> {
  const wish = asked.then((options) =>
    options.ok ? { do: "make" as const, person, options: { ...options.value } } : null,
  );
  const given = await askAtSite(site, wish);
  return given?.did === "make" ? given.made : null;
}
