import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Answer, nothing, type Problem } from "../api/http.ts";
import type { StoredClip } from "../api/shapes.ts";
import * as calls from "../api/speech-calls.ts";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { listOf, MAX_TYPED_CHARS, paces, speechWish, type TypedText } from "../view/typed-message.ts";
import { ClipCard } from "./clip-card.tsx";
import { Refusal, useAnswer } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { usePaced } from "./paced.ts";
import { SpokenText } from "./spoken-text.tsx";
import { Button, Icon, Radio, RadioGroup, Textarea, textOf } from "./web-awesome.tsx";

/** The words follow the typing at this pace. */
const READ_EVERY_MS = 600;
const ROWS = 6;
const noticeKinds = ["spelled", "left-out", "foreign"] as const;

interface TypedProps {
  readonly typed: TypedText;
  readonly onType: (typed: TypedText) => void;
  /** The text as a clip; never that of an earlier text. */
  readonly chosen: StoredClip | null;
  readonly onChoose: (clip: StoredClip | null) => void;
}

/** A text that a machine reads aloud: typed, read as it will be said, heard, and then used. */
export function TypedMessage({ typed, onType, chosen, onChoose }: TypedProps): VNode {
  const [wasChosen, setWasChosen] = useState(false);
  const words = t.value.speech;
  const type = (part: Partial<TypedText>) => {
    setWasChosen(wasChosen || chosen !== null);
    if (chosen !== null) onChoose(null);
    onType({ ...typed, ...part });
  };
  const choose = (clip: StoredClip) => {
    setWasChosen(false);
    onChoose(clip);
  };
  return (
    <div class="typed-message">
      <TextField text={typed.text} onType={(text) => type({ text })} />
      <VoiceChoice typed={typed} onChange={type} />
      {chosen === null ? (
        <>
          <Reading typed={typed} />
          {wasChosen && <Mark tone="warn" icon="alert" text={words.changed} />}
          <Making typed={typed} onMade={choose} />
        </>
      ) : (
        <ClipCard clip={chosen} />
      )}
      <p class="quiet">{words.machine}</p>
    </div>
  );
}

function TextField({
  text,
  onType,
}: {
  readonly text: string;
  readonly onType: (text: string) => void;
}): VNode {
  const words = t.value.speech;
  const over = text.length - MAX_TYPED_CHARS;
  const say = (count: number) => sayNumber(t.value, count);
  return (
    <>
      <Textarea
        label={words.text}
        hint={words.textHint}
        rows={ROWS}
        resize="auto"
        value={text}
        onInput={(event) => onType(textOf(event))}
      />
      <p class="quiet typed-count" aria-live="polite">
        {words.count(say(text.length), say(MAX_TYPED_CHARS))}
      </p>
      {over > 0 && <Mark tone="bad" icon="cross" text={words.tooLong(say(over))} />}
    </>
  );
}

function VoiceChoice({
  typed,
  onChange,
}: {
  readonly typed: TypedText;
  readonly onChange: (part: Partial<TypedText>) => void;
}): VNode {
  const words = t.value.speech;
  const { dialect, pace } = typed;
  return (
    <div class="choices">
      <RadioGroup
        label={words.dialect}
        orientation="horizontal"
        value={dialect}
        onChange={(event) =>
          onChange({ dialect: calls.dialects.find((one) => one === textOf(event)) ?? dialect })
        }
      >
        {calls.dialects.map((one) => (
          <Radio key={one} value={one} appearance="button">
            {words.dialects[one]}
          </Radio>
        ))}
      </RadioGroup>
      <RadioGroup
        label={words.pace}
        orientation="horizontal"
        value={pace}
        onChange={(event) => onChange({ pace: paces.find((one) => one === textOf(event)) ?? pace })}
      >
        {paces.map((one) => (
          <Radio key={one} value={one} appearance="button">
            {words.paces[one]}
          </Radio>
        ))}
      </RadioGroup>
    </div>
  );
}

/** What will be said, and what the author should look at. */
function Reading({ typed }: Pick<TypedProps, "typed">): VNode | null {
  const { text, dialect, pace } = usePaced(typed, READ_EVERY_MS);
  const wish = speechWish({ text, dialect, pace });
  const ask = (): Promise<Answer<calls.ReadMessage | null>> =>
    wish === null ? nothing : calls.readAloud(wish);
  const { value, problem } = useAnswer(ask, [text, dialect]);
  const words = t.value.speech;
  if (text.trim() === "") return <p class="quiet">{words.nothingYet}</p>;
  // Too long: that is said beside the text.
  if (wish === null) return null;
  if (problem !== null) return <Refusal problem={problem} />;
  if (value === null) return <p class="quiet">{t.value.state.loading}</p>;
  return (
    <>
      <SpokenText title={words.willSay} text={value.spoken} />
      {noticeKinds.map((kind) => {
        const list = listOf(value.notices, kind);
        return list === "" ? null : (
          <Mark key={kind} tone="warn" icon="alert" text={words.notices[kind](list)} />
        );
      })}
    </>
  );
}

/** By ear first, and then for good. What comes back for a text that was changed meanwhile counts for nothing. */
function Making({
  typed,
  onMade,
}: {
  readonly typed: TypedText;
  readonly onMade: (clip: StoredClip) => void;
}): VNode {
  const [busy, setBusy] = useState<"no" | "listening" | "using">("no");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sound, setSound] = useSound();
  const wish = speechWish(typed);
  const key = JSON.stringify(wish);
  const latest = useRef(key);
  latest.current = key;
  useEffect(() => {
    setSound(null);
    setProblem(null);
  }, [key]);
  const make = async <Made,>(
    what: "listening" | "using",
    call: Promise<Answer<Made>>,
    take: (made: Made) => void,
  ) => {
    setBusy(what);
    const answer = await call;
    setBusy("no");
    if (latest.current !== key) return;
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) take(answer.value);
  };
  const words = t.value.speech;
  return (
    <>
      {problem !== null && <Refusal problem={problem} />}
      <div class="actions">
        <Button
          appearance="outlined"
          disabled={wish === null || busy !== "no"}
          loading={busy === "listening"}
          onClick={() => wish !== null && void make("listening", calls.previewSpeech(wish), setSound)}
        >
          <Icon slot="start" name="loudspeaker" />
          {words.listen}
        </Button>
        <Button
          variant="brand"
          disabled={wish === null || busy !== "no"}
          loading={busy === "using"}
          onClick={() =>
            wish !== null && void make("using", calls.makeSpeech(wish), ({ clip }) => onMade(clip))
          }
        >
          <Icon slot="start" name="check" />
          {words.use}
        </Button>
      </div>
      {sound !== null && (
        // biome-ignore lint/a11y/useMediaCaption: its words stand above it.
        <audio controls autoplay src={sound} aria-label={words.preview} />
      )}
    </>
  );
}

/** The address of a sound that the page holds, given back when it is no longer played. */
function useSound(): readonly [string | null, (sound: Blob | null) => void] {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  return [url, (sound) => setUrl(sound === null ? null : URL.createObjectURL(sound))];
}
