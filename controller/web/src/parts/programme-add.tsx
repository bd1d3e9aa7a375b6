import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import * as clipCalls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import type { StoredClip } from "../api/shapes.ts";
import * as calls from "../api/sound-calls.ts";
import type { Bulletin } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import type { ProgrammePart } from "../view/programme-form.ts";
import { ClipChoice } from "./clip-choice.tsx";
import { Refusal, useAnswer } from "./loaded.tsx";
import { SpokenText } from "./spoken-text.tsx";
import { Button, Details, Input, Option, Select, textOf } from "./web-awesome.tsx";

/** As long as many communes relay in the morning, min. */
const USUAL_RELAY_MINUTES = "15";

/** Three ways to a further part: a bulletin that is here, a relay, or a new bulletin of a file. */
export function AddParts({
  area,
  onAdd,
}: {
  readonly area: AreaId | null;
  readonly onAdd: (part: ProgrammePart) => void;
}): VNode {
  const bulletins = useAnswer(calls.bulletins, []);
  const relays = useAnswer(calls.relays, []);
  const clips = useAnswer(clipCalls.clips, []);
  const keys = useRef(0);
  const words = t.value.programmes;
  const key = () => {
    keys.current += 1;
    return keys.current;
  };
  const lengthOf = ({ clip }: Bulletin) =>
    clips.value?.clips.find((one) => one.sha256 === clip)?.durationMs ?? null;
  const addBulletin = (one: Bulletin, durationMs: number | null) =>
    onAdd({ key: key(), kind: "bulletin", bulletin: one.id, title: one.title, end: "soft", durationMs });
  return (
    <>
      <div class="choices">
        <Adder
          label={words.kinds.bulletin}
          add={words.addBulletin}
          options={bulletins.value?.bulletins ?? []}
          onChoose={(one) => addBulletin(one, lengthOf(one))}
        />
        <Adder
          label={words.kinds.relay}
          add={words.addRelay}
          options={relays.value?.relays ?? []}
          onChoose={(one) =>
            onAdd({
              key: key(),
              kind: "relay",
              relay: one.id,
              title: one.title,
              end: "hard",
              minutes: USUAL_RELAY_MINUTES,
            })
          }
        />
      </div>
      <Details summary={words.addFile}>
        <NewBulletin area={area} onMade={addBulletin} />
      </Details>
    </>
  );
}

/** What is chosen is added at once; the choice goes back to «none». */
function Adder<One extends { readonly id: string; readonly title: string; readonly spoken?: string | null }>({
  label,
  add: addText,
  options,
  onChoose,
}: {
  readonly label: string;
  /** On the button. */
  readonly add: string;
  readonly options: readonly One[];
  readonly onChoose: (one: One) => void;
}): VNode {
  const [value, setValue] = useState("");
  const one = options.find(({ id }) => id === value);
  const add = () => {
    if (one !== undefined) onChoose(one);
    setValue("");
  };
  return (
    <>
      <div class="choices-tight adder">
        <Select label={label} value={value} onChange={(event) => setValue(textOf(event))}>
          <Option value="">{t.value.programmes.noneChosen}</Option>
          {options.map(({ id, title }) => (
            <Option key={id} value={id}>
              {title}
            </Option>
          ))}
        </Select>
        <Button appearance="outlined" disabled={one === undefined} onClick={add}>
          {addText}
        </Button>
      </div>
      {one?.spoken != null && <SpokenText title={t.value.speech.says} text={one.spoken} />}
    </>
  );
}

function NewBulletin({
  area,
  onMade,
}: {
  readonly area: AreaId | null;
  readonly onMade: (bulletin: Bulletin, durationMs: number) => void;
}): VNode {
  const [clip, setClip] = useState<StoredClip | null>(null);
  const [title, setTitle] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = t.value.programmes;
  const isWhole = clip !== null && area !== null && title.trim() !== "";
  const make = async () => {
    if (clip === null || area === null || !isWhole) return;
    const wish = {
      title: title.trim(),
      class: "normal",
      field: "other",
      clip: clip.sha256,
      areaId: area,
    } as const;
    const answer = await calls.createBulletin(wish);
    setProblem(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    onMade(answer.value.bulletin, clip.durationMs);
    setClip(null);
    setTitle("");
  };
  return (
    <div class="step-body">
      <ClipChoice chosen={clip} onChoose={setClip} />
      <Input
        label={words.bulletinTitle}
        maxlength={200}
        value={title}
        onInput={(event) => setTitle(textOf(event))}
      />
      {problem !== null && <Refusal problem={problem} />}
      <div class="actions">
        <Button appearance="outlined" disabled={!isWhole} onClick={() => void make()}>
          {words.makeBulletin}
        </Button>
      </div>
    </div>
  );
}
