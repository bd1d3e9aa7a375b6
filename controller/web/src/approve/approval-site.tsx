import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { language, t } from "../i18n/language.ts";
import { askPasskey, makePasskey } from "../live/passkeys.ts";
import { Mark } from "../parts/mark.tsx";
import { Button } from "../parts/web-awesome.tsx";
import { challengeOfShown } from "./challenge.ts";
import { type Ask, ask, type SentSound, type SiteAnswer, sounds } from "./messages.ts";
import { pagesOrigin } from "./pages-origin.ts";
import { ShownText, severityOf } from "./shown-text.tsx";
import { type SignedSounds, signedSounds } from "./signed-sounds.ts";
import { useInSight } from "./use-in-sight.ts";

/**
 * The one page at which keys for approving work. It shows the text itself, in words that it makes of it, and signs that and
 * nothing else; it has no session and asks no server.
 */
export function ApprovalSite(): VNode {
  const [asked, setAsked] = useState<Ask | null>(null);
  const [sent, setSent] = useState<readonly SentSound[] | null>(null);
  const [heard, setHeard] = useState<SignedSounds | null>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    const origin = pagesOrigin(location);
    let isAsked = false;
    const hear = (event: MessageEvent) => {
      if (event.origin !== origin || event.source !== opener) return;
      const more = sounds.safeParse(event.data);
      if (more.success) setSent(more.data.sounds);
      const parsed = ask.safeParse(event.data);
      // One window asks one thing: what was read is what is signed, whoever speaks again between the two.
      if (!parsed.success || isAsked) return;
      isAsked = true;
      language.value = parsed.data.language;
      document.documentElement.lang = parsed.data.language;
      setAsked(parsed.data);
    };
    addEventListener("message", hear);
    (opener as Window | null)?.postMessage({ loa: "approval-site-ready" }, origin);
    return () => removeEventListener("message", hear);
  }, []);
  const payload = asked?.do === "approve" ? asked.payload : null;
  useEffect(() => {
    if (payload !== null && sent !== null) void signedSounds(payload, sent).then(setHeard);
  }, [payload, sent]);
  const words = t.value.account.site;
  const press = async (one: Ask) => {
    const answer = one.do === "approve" ? await signed(one) : await made(one);
    if (answer === null) return setFailed(true);
    (opener as Window | null)?.postMessage(answer, pagesOrigin(location));
    close();
  };
  return (
    <main class="approve-site">
      {asked === null && (
        <>
          <h1>{words.title}</h1>
          <p>{words.alone}</p>
        </>
      )}
      {asked?.do === "approve" && (
        <>
          <ShownText payload={asked.payload} names={asked.names} sounds={heard} />
          {isToBeSigned(asked.payload, heard) ? (
            <>
              <p>{words.check}</p>
              <Press
                label={words.sign}
                isPressing={severityOf(asked.payload) === "actual"}
                onPress={() => void press(asked)}
              />
            </>
          ) : (
            <Leave />
          )}
        </>
      )}
      {asked?.do === "make" && (
        <>
          <h1>{words.makeTitle(asked.person)}</h1>
          <p>{words.makeExplain(location.host)}</p>
          <Press label={words.make} isPressing={false} onPress={() => void press(asked)} />
        </>
      )}
      {hasFailed && <Mark tone="bad" icon="cross" text={t.value.trust.draft.keyFailed} />}
    </main>
  );
}

/** Not what nobody can read, nor what came with another sound than it names: somebody is lying then. */
function isToBeSigned(payload: string, heard: SignedSounds | null): boolean {
  const isTold = [...(heard?.values() ?? [])].every(({ kind }) => kind !== "wrong");
  return isTold && severityOf(payload) !== null;
}

function Press({
  label,
  isPressing,
  onPress,
}: {
  readonly label: string;
  readonly isPressing: boolean;
  readonly onPress: () => void;
}): VNode {
  const isInSight = useInSight();
  return (
    <div class="actions">
      <Button
        variant={isPressing ? "danger" : "brand"}
        size="l"
        disabled={!isInSight}
        onClick={() => isInSight && onPress()}
      >
        {label}
      </Button>
      <Leave />
    </div>
  );
}

function Leave(): VNode {
  return (
    <Button appearance="outlined" size="l" onClick={() => close()}>
      {t.value.account.site.leave}
    </Button>
  );
}

async function signed({ payload, credentials }: Extract<Ask, { do: "approve" }>): Promise<SiteAnswer | null> {
  const used = await askPasskey({
    challenge: await challengeOfShown(payload),
    rpId: location.hostname,
    allowCredentials: credentials.map((id) => ({ id, type: "public-key" })),
    userVerification: "required",
  });
  if (used === null) return null;
  const { authenticatorData, clientDataJSON, signature } = used.response;
  const assertion = { credential: used.id, authenticatorData, clientDataJSON, signature };
  return { loa: "approval-site-answer", did: "approve", assertion };
}

async function made({ options }: Extract<Ask, { do: "make" }>): Promise<SiteAnswer | null> {
  const key = await makePasskey(options);
  return key === null ? null : { loa: "approval-site-answer", did: "make", made: { ...key } };
}
