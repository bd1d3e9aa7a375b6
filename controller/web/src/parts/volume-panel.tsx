import { LEAST_EMERGENCY_DB, type Volume } from "@loa/shared/broadcast/plan.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/sound-calls.ts";
import type { AreaSettings } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { areaName } from "../live/fleet.ts";
import { formOfVolume, HIGHEST_DB, LOWEST_DB, type VolumeForm, volumeOfForm } from "../view/volume-form.ts";
import { SaveRow, sayFrom, useSaving } from "./save-row.tsx";
import { VolumeSpans } from "./volume-spans.tsx";
import { Input, Radio, RadioGroup, textOf } from "./web-awesome.tsx";

export function VolumePanel({
  area,
  settings,
}: {
  readonly area: AreaId;
  readonly settings: AreaSettings;
}): VNode {
  const { own, inForce } = settings;
  const [form, setForm] = useState(() => formOfVolume(own.volume, inForce.volume));
  const [saving, save, setSaving] = useSaving();
  const change = (part: Partial<VolumeForm>) => {
    setForm((old) => ({ ...old, ...part }));
    setSaving({ kind: "no" });
  };
  const words = t.value.levels;
  const wanted = volumeOfForm(form);
  const store = async () => {
    // The other half of the settings stays as it is by now.
    const now = await calls.areaSettings(area);
    if (!now.ok) return now;
    return calls.putAreaSettings(area, { filler: now.value.own.filler, volume: wanted ?? null });
  };
  return (
    <section class="panel" aria-labelledby="volume">
      <h2 id="volume">{words.volume}</h2>
      <RadioGroup
        label={words.whose}
        value={form.isOwn ? "own" : "above"}
        onChange={(event) => change({ isOwn: textOf(event) === "own" })}
      >
        <Radio value="above">{words.asAbove}</Radio>
        <Radio value="own">{words.own}</Radio>
      </RadioGroup>
      {form.isOwn ? (
        <>
          <p class="quiet">{words.range}</p>
          <Levels form={form} onChange={change} />
          <VolumeSpans spans={form.byHour} onChange={(byHour) => change({ byHour })} />
        </>
      ) : (
        own.volume === null && (
          <p>
            {sayFrom(inForce.volumeFrom === null ? null : areaName(inForce.volumeFrom))}:{" "}
            {sayVolume(inForce.volume)}
          </p>
        )
      )}
      <SaveRow
        saving={saving}
        mistake={wanted === undefined ? words.wrong : null}
        onSave={() => void save(store())}
      />
    </section>
  );
}

function sayVolume({ gainDb, capDb, emergencyDb }: Volume): string {
  const say = (db: number) => sayNumber(t.value, db);
  return t.value.levels.said(say(gainDb), say(capDb), say(emergencyDb));
}

function Levels({
  form,
  onChange,
}: {
  readonly form: VolumeForm;
  readonly onChange: (part: Partial<VolumeForm>) => void;
}): VNode {
  const words = t.value.levels;
  const fields = [
    ["gainDb", words.gain, ""],
    ["capDb", words.cap, words.capHint],
    ["emergencyDb", words.emergency, words.emergencyHint],
  ] as const;
  return (
    <div class="choices">
      {fields.map(([name, label, hint]) => (
        <Input
          key={name}
          label={label}
          hint={hint}
          type="number"
          min={String(name === "emergencyDb" ? LEAST_EMERGENCY_DB : LOWEST_DB)}
          max={String(HIGHEST_DB)}
          step="any"
          value={form[name]}
          onInput={(event) => onChange({ [name]: textOf(event) })}
        />
      ))}
    </div>
  );
}
