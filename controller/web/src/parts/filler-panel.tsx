import { type AreaId, type BulletinId, bulletinId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/sound-calls.ts";
import type { AreaSettings } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import { areaName } from "../live/fleet.ts";
import { useAnswer } from "./loaded.tsx";
import { SaveRow, sayFrom, useSaving } from "./save-row.tsx";
import { SpokenText } from "./spoken-text.tsx";
import { Option, Select, textOf } from "./web-awesome.tsx";

export function FillerPanel({
  area,
  settings: { own, inForce },
}: {
  readonly area: AreaId;
  readonly settings: AreaSettings;
}): VNode {
  const stored = useAnswer(calls.bulletins, []);
  const [filler, setFiller] = useState<BulletinId | null>(own.filler);
  const [saving, save, setSaving] = useSaving();
  const words = t.value.levels;
  const bulletins = stored.value?.bulletins ?? [];
  const spoken = bulletins.find((one) => one.id === (filler ?? inForce.filler))?.spoken;
  const titleOf = (id: BulletinId | null) =>
    id === null ? words.fillerNone : (bulletins.find((one) => one.id === id)?.title ?? id);
  const choose = (event: Event) => {
    const parsed = bulletinId.safeParse(textOf(event));
    setFiller(parsed.success ? parsed.data : null);
    setSaving({ kind: "no" });
  };
  const store = async () => {
    const now = await calls.areaSettings(area);
    if (!now.ok) return now;
    return calls.putAreaSettings(area, { volume: now.value.own.volume, filler });
  };
  return (
    <section class="panel" aria-labelledby="filler">
      <h2 id="filler">{words.filler}</h2>
      <Select label={words.fillerChoice} hint={words.fillerHint} value={filler ?? ""} onChange={choose}>
        <Option value="">{words.asAbove}</Option>
        {bulletins.map((one) => (
          <Option key={one.id} value={one.id}>
            {one.title}
          </Option>
        ))}
      </Select>
      {spoken != null && <SpokenText title={t.value.speech.says} text={spoken} />}
      {own.filler === null && (
        <p class="quiet">
          {sayFrom(inForce.fillerFrom === null ? null : areaName(inForce.fillerFrom))} (
          {titleOf(inForce.filler)})
        </p>
      )}
      <SaveRow saving={saving} mistake={null} onSave={() => void save(store())} />
    </section>
  );
}
