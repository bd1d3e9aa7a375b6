import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { durationText } from "../view/ages.ts";
import { lengthOfPart, MAX_RELAY_MINUTES, moved, type ProgrammePart } from "../view/programme-form.ts";
import { Empty } from "./loaded.tsx";
import { Button, Icon, Input, Option, Select, textOf } from "./web-awesome.tsx";

const ends = ["soft", "hard"] as const;

/** The parts in their order, each with its length and how it ends. */
export function ProgrammeParts({
  parts,
  onChange,
}: {
  readonly parts: readonly ProgrammePart[];
  readonly onChange: (parts: readonly ProgrammePart[]) => void;
}): VNode {
  const words = t.value.programmes;
  if (parts.length === 0) return <Empty>{words.noItems}</Empty>;
  const totalMs = parts.reduce((sum, part) => sum + (lengthOfPart(part) ?? 0), 0);
  return (
    <>
      <ol class="plain programme-parts">
        {parts.map((part, index) => (
          <Part
            key={part.key}
            part={part}
            onChange={(next) => onChange(parts.toSpliced(index, 1, next))}
            onMove={(by) => onChange(moved(parts, index, index + by))}
            onRemove={() => onChange(parts.toSpliced(index, 1))}
          />
        ))}
      </ol>
      <p role="status">
        <strong>{words.total(durationText(totalMs))}</strong>
      </p>
      <ul class="quiet ends-mean">
        {ends.map((end) => (
          <li key={end}>{words.endsMean[end]}</li>
        ))}
      </ul>
    </>
  );
}

function Part({
  part,
  onChange,
  onMove,
  onRemove,
}: {
  readonly part: ProgrammePart;
  readonly onChange: (part: ProgrammePart) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}): VNode {
  const words = t.value.programmes;
  const { title } = part;
  const lengthMs = lengthOfPart(part);
  return (
    <li class="programme-part">
      <span class="part-name">
        <strong>{title}</strong>
        <span class="quiet">
          {words.kinds[part.kind]}
          {lengthMs !== null && ` · ${durationText(lengthMs)}`}
        </span>
      </span>
      {part.kind === "relay" && (
        <Input
          class="part-minutes"
          label={words.minutes}
          size="s"
          type="number"
          min="1"
          max={String(MAX_RELAY_MINUTES)}
          step="any"
          value={part.minutes}
          onInput={(event) => onChange({ ...part, minutes: textOf(event) })}
        />
      )}
      <Select
        class="part-end"
        label={words.end(title)}
        size="s"
        value={part.end}
        onChange={(event) => onChange({ ...part, end: textOf(event) === "hard" ? "hard" : "soft" })}
      >
        {ends.map((end) => (
          <Option key={end} value={end}>
            {words.ends[end]}
          </Option>
        ))}
      </Select>
      <span class="part-buttons">
        <Button size="s" appearance="plain" onClick={() => onMove(-1)}>
          <Icon name="chevron-up" label={words.up(title)} />
        </Button>
        <Button size="s" appearance="plain" onClick={() => onMove(1)}>
          <Icon name="chevron-down" label={words.down(title)} />
        </Button>
        <Button size="s" appearance="plain" onClick={onRemove}>
          <Icon name="cross" label={words.remove(title)} />
        </Button>
      </span>
    </li>
  );
}
