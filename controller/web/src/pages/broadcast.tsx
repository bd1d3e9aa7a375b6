import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import type { StoredClip } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { areas } from "../live/fleet.ts";
import { AreaChoice } from "../parts/area-tree.tsx";
import { ClipChoice } from "../parts/clip-choice.tsx";
import { ContentFields } from "../parts/content-fields.tsx";
import { DryRunCheck } from "../parts/dry-run-check.tsx";
import { RecurrenceFields } from "../parts/recurrence-fields.tsx";
import { boxesByArea, topmost } from "../view/area-tally.ts";
import { emptyRecurrenceForm, type RecurrenceForm } from "../view/recurrence-form.ts";
import { type ContentForm, emptyContent } from "../view/schedule-wish.ts";

export function BroadcastPage(): VNode {
  const [content, setContent] = useState<ContentForm>(emptyContent);
  const [times, setTimes] = useState<RecurrenceForm>(() => emptyRecurrenceForm(now.peek()));
  const change = (part: Partial<ContentForm>) => setContent((old) => ({ ...old, ...part }));
  const chooseClip = (clip: StoredClip | null) =>
    setContent((old) => ({ ...old, clip, title: old.title === "" ? titleOf(clip) : old.title }));
  const words = t.value.broadcast;
  return (
    <div class="form-page">
      <h1>{words.title}</h1>
      <Step number={1} title={words.clipStep}>
        <ClipChoice chosen={content.clip} onChoose={chooseClip} />
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
        <Chosen areas={content.areas} />
      </Step>
      <Step number={4} title={words.timeStep}>
        <RecurrenceFields form={times} onChange={(part) => setTimes((old) => ({ ...old, ...part }))} />
      </Step>
      <Step number={5} title={words.checkStep}>
        <DryRunCheck content={content} times={times} />
      </Step>
    </div>
  );
}

function Step({
  number,
  title,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <section class="step" aria-labelledby={`step-${number}`}>
      <h2 id={`step-${number}`}>
        <span class="step-number" aria-hidden="true">
          {number}
        </span>
        {title}
      </h2>
      <div class="step-body">{children}</div>
    </section>
  );
}

function Chosen({ areas: chosen }: { readonly areas: readonly AreaId[] }): VNode | null {
  const found = areas.value.filter((one) => chosen.includes(one.id));
  if (found.length === 0) return null;
  const boxesOf = boxesByArea(areas.value);
  const boxes = found.reduce((sum, one) => sum + (boxesOf.get(one.id) ?? 0), 0);
  return <p role="status">{t.value.broadcast.areasChosen(found.map((one) => one.name).join(", "), boxes)}</p>;
}

/** `ban-tin_sang.mp3` is a fair first title; people change it. */
function titleOf(clip: StoredClip | null): string {
  return clip === null ? "" : clip.fileName.replace(/\.[^.]+$/, "").replace(/[_-]+/g, " ");
}
