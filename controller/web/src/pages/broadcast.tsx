import type { ProgrammeId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { areas } from "../live/fleet.ts";
import { AreaChoice } from "../parts/area-tree.tsx";
import { BroadcastSource } from "../parts/broadcast-source.tsx";
import { ChosenAreas } from "../parts/chosen-areas.tsx";
import { ContentFields } from "../parts/content-fields.tsx";
import { DryRunCheck } from "../parts/dry-run-check.tsx";
import { RecurrenceFields } from "../parts/recurrence-fields.tsx";
import { Step } from "../parts/step.tsx";
import { Checkbox, isChecked } from "../parts/web-awesome.tsx";
import { topmost } from "../view/area-tally.ts";
import { emptyRecurrenceForm, type RecurrenceForm } from "../view/recurrence-form.ts";
import { type ContentForm, emptyContent } from "../view/schedule-wish.ts";

/** `programme`: chosen already on the page of programmes. */
export function BroadcastPage({ programme }: { readonly programme: ProgrammeId | null }): VNode {
  const [content, setContent] = useState<ContentForm>({
    ...emptyContent,
    programme,
    source: programme === null ? "clip" : "programme",
  });
  const [times, setTimes] = useState<RecurrenceForm>(() => emptyRecurrenceForm(now.peek()));
  const change = (part: Partial<ContentForm>) => setContent((old) => ({ ...old, ...part }));
  const words = t.value.broadcast;
  return (
    <div class="form-page">
      <h1>{words.title}</h1>
      <Step number={1} title={words.clipStep}>
        <BroadcastSource content={content} onChange={change} />
      </Step>
      <Step number={2} title={words.contentStep}>
        <ContentFields content={content} onChange={change} />
      </Step>
      <Step number={3} title={words.areasStep}>
        <p class="quiet">{words.areasHint}</p>
        <AreaChoice
          chosen={content.areas}
          onChoose={(chosen) => change({ areas: topmost(areas.value, chosen) })}
        />
        <ChosenAreas chosen={content.areas} />
      </Step>
      <Step number={4} title={words.timeStep}>
        <RecurrenceFields form={times} onChange={(part) => setTimes((old) => ({ ...old, ...part }))} />
        <SoundFields content={content} onChange={change} />
      </Step>
      <Step number={5} title={words.checkStep}>
        <DryRunCheck content={content} times={times} />
      </Step>
    </div>
  );
}

function SoundFields({
  content,
  onChange,
}: {
  readonly content: ContentForm;
  readonly onChange: (part: Partial<ContentForm>) => void;
}): VNode {
  const words = t.value.programmes;
  return (
    <div class="checks">
      <Checkbox checked={content.chime} onChange={(event) => onChange({ chime: isChecked(event) })}>
        {words.chime}
      </Checkbox>
      <Checkbox checked={content.turns} onChange={(event) => onChange({ turns: isChecked(event) })}>
        {words.turns}
      </Checkbox>
      {content.turns && <p class="quiet">{words.turnsHint}</p>}
    </div>
  );
}
