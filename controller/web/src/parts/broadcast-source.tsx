import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { StoredClip } from "../api/shapes.ts";
import * as calls from "../api/sound-calls.ts";
import { t } from "../i18n/language.ts";
import { durationText } from "../view/ages.ts";
import type { ContentForm } from "../view/schedule-wish.ts";
import { ClipChoice } from "./clip-choice.tsx";
import { useAnswer } from "./loaded.tsx";
import { TypedMessage } from "./typed-message.tsx";
import { Option, Radio, RadioGroup, Select, textOf } from "./web-awesome.tsx";

const sources = ["clip", "typed", "programme"] as const;

interface SourceProps {
  readonly content: ContentForm;
  readonly onChange: (part: Partial<ContentForm>) => void;
}

/** A file or a text for a bulletin of its own, or a programme that was put together before. */
export function BroadcastSource({ content, onChange }: SourceProps): VNode {
  const words = t.value.programmes;
  const chooseClip = (clip: StoredClip | null) =>
    onChange({ clip, title: content.title === "" ? titleOf(clip) : content.title });
  return (
    <>
      <RadioGroup
        label={words.source}
        orientation="horizontal"
        value={content.source}
        onChange={(event) => onChange({ source: sources.find((one) => one === textOf(event)) ?? "clip" })}
      >
        {sources.map((one) => (
          <Radio key={one} value={one} appearance="button">
            {words.sources[one]}
          </Radio>
        ))}
      </RadioGroup>
      {content.source === "clip" && <ClipChoice chosen={content.clip} onChoose={chooseClip} />}
      {content.source === "typed" && (
        <TypedMessage
          typed={content.typed}
          onType={(typed) => onChange({ typed })}
          chosen={content.spoken}
          onChoose={(spoken) => onChange({ spoken })}
        />
      )}
      {content.source === "programme" && <ProgrammeSelect content={content} onChange={onChange} />}
    </>
  );
}

function ProgrammeSelect({ content, onChange }: SourceProps): VNode {
  const stored = useAnswer(calls.programmes, []);
  const programmes = stored.value?.programmes ?? [];
  const words = t.value.programmes;
  const chosen = programmes.find((one) => one.id === content.programme);
  // A programme that came with the address has its title too, once it is known.
  useEffect(() => {
    if (chosen !== undefined && content.title === "") onChange({ title: chosen.title });
  }, [chosen?.id]);
  return (
    <Select
      label={words.choose}
      value={chosen?.id ?? ""}
      onChange={(event) => {
        const one = programmes.find(({ id }) => id === textOf(event));
        onChange({ programme: one?.id ?? null, title: one?.title ?? content.title });
      }}
    >
      <Option value="">{words.noneChosen}</Option>
      {programmes.map((one) => (
        <Option key={one.id} value={one.id}>
          {one.title} ({durationText(one.durationMs)})
        </Option>
      ))}
    </Select>
  );
}

/** `ban-tin_sang.mp3` is a fair first title; people change it. */
function titleOf(clip: StoredClip | null): string {
  return clip === null ? "" : clip.fileName.replace(/\.[^.]+$/, "").replace(/[_-]+/g, " ");
}
