import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Assertion, Draft } from "../api/draft-calls.ts";
import type { Answer, Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { approvalSiteApart, askAtSite } from "../live/approval-site.ts";
import { askPasskey } from "../live/passkeys.ts";
import { type Sounding, soundsToSign } from "../live/sounds-to-sign.ts";
import { AskFirst } from "./ask-first.tsx";
import { Refusal } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button, Callout, Icon } from "./web-awesome.tsx";

/** A text that waits for approvals, as the person sees it who is asked. */
export type Approvable = Sounding &
  Pick<
    Draft,
    "payload" | "challenge" | "keys" | "mayApprove" | "whyNot" | "severity" | "areas" | "areaNames"
  >;

export interface ApprovalWords {
  readonly approve: Readonly<Record<Draft["severity"], string>>;
  readonly withdraw: string;
  readonly withdrawTitle: string;
  readonly withdrawExplain: string;
}

/** One's own approval: the key signs the SHA-256 of the very text, and asks for finger, face or PIN. */
export function PasskeyApproval({
  text,
  words,
  send,
  takeBack,
  onChanged,
}: {
  readonly text: Approvable;
  readonly words: ApprovalWords;
  readonly send: (assertion: Assertion) => Promise<Answer<unknown>>;
  readonly takeBack: () => Promise<Answer<unknown>>;
  readonly onChanged: () => void;
}): VNode {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const common = t.value.trust.draft;
  const approve = async () => {
    setBusy(true);
    const assertion = await assertionOf(text);
    setFailed(assertion === null);
    const answer = assertion === null ? null : await send(assertion);
    setBusy(false);
    setProblem(answer === null || answer.ok ? null : answer.error);
    if (answer !== null) onChanged();
  };
  const withdraw = async () => {
    const answer = await takeBack();
    setProblem(answer.ok ? null : answer.error);
    onChanged();
  };
  return (
    <>
      {problem !== null && <Refusal problem={problem} />}
      {hasFailed && <Mark tone="bad" icon="cross" text={common.keyFailed} />}
      {text.whyNot !== null && text.whyNot !== "over" && (
        <Callout variant="neutral">
          <Icon slot="icon" name="help" />
          {common.whyNot[text.whyNot]}
        </Callout>
      )}
      <div class="actions">
        {text.mayApprove && (
          <Button
            class={`raise ${text.severity}`}
            variant={text.severity === "actual" ? "danger" : "brand"}
            size="l"
            loading={isBusy}
            onClick={() => void approve()}
          >
            <Icon slot="start" name={text.severity === "actual" ? "alert" : "drill"} />
            {words.approve[text.severity]}
          </Button>
        )}
        <AskFirst
          label={words.withdraw}
          title={words.withdrawTitle}
          explain={words.withdrawExplain}
          onYes={() => void withdraw()}
        />
      </div>
    </>
  );
}

/** Null when the person has not used the key. Keys of the site of approvals are used there, by its own page. */
async function assertionOf(text: Approvable): Promise<Assertion | null> {
  const { challenge, keys } = text;
  const [first] = keys;
  if (first === undefined) return null;
  const site = approvalSiteApart();
  if (site !== null && new URL(site).hostname === first.rpId) return await assertionAt(site, text);
  const used = await askPasskey({
    challenge,
    rpId: first.rpId,
    allowCredentials: keys.map(({ credential }) => ({ id: credential, type: "public-key" })),
    userVerification: "required",
  });
  if (used === null) return null;
  const { authenticatorData, clientDataJSON, signature } = used.response;
  return { credential: used.id, authenticatorData, clientDataJSON, signature };
}

async function assertionAt(site: string, text: Approvable): Promise<Assertion | null> {
  const { payload, keys, areas, areaNames } = text;
  const names = areas.flatMap((area, index): [string, string][] => {
    const name = areaNames[index];
    return name === undefined ? [] : [[area, name]];
  });
  const credentials = keys.map(({ credential }) => credential);
  const wish = Promise.resolve({ do: "approve" as const, payload, credentials, names });
  const given = await askAtSite(site, wish, soundsToSign(text));
  return given?.did === "approve" ? given.assertion : null;
}
