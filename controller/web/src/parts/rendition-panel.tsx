import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/sound-calls.ts";
import { type AreaAudio, renditionKinds } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { areaName } from "../live/fleet.ts";
import { SaveRow, sayFrom, useSaving } from "./save-row.tsx";
import { Option, Select, textOf } from "./web-awesome.tsx";

/** An hour of one kbit/s, MB. */
const MB_AN_HOUR = 0.45;

export function RenditionPanel({ area, audio }: { readonly area: AreaId; readonly audio: AreaAudio }): VNode {
  const [kind, setKind] = useState<string | null>(audio.own);
  const [saving, save, setSaving] = useSaving();
  const words = t.value.levels;
  const choose = (event: Event) => {
    const text = textOf(event);
    setKind(text === "" ? null : text);
    setSaving({ kind: "no" });
  };
  return (
    <section class="panel" aria-labelledby="rendition">
      <h2 id="rendition">{words.rendition}</h2>
      <Select label={words.renditionChoice} hint={words.renditionHint} value={kind ?? ""} onChange={choose}>
        <Option value="">{words.asAbove}</Option>
        {renditionKinds.map((one) => (
          <Option key={one} value={one}>
            {sayRendition(one)}
          </Option>
        ))}
      </Select>
      {audio.own === null && (
        <p class="quiet">
          {sayFrom(audio.from === null ? null : areaName(audio.from))}: {sayRendition(audio.inForce)}
        </p>
      )}
      <SaveRow saving={saving} mistake={null} onSave={() => void save(calls.putAreaAudio(area, kind))} />
    </section>
  );
}

function sayRendition(kind: string): string {
  const [codec = "", kbps = "0"] = kind.split("-");
  return t.value.levels.renditionSaid(
    `${codec} ${kbps}`,
    sayNumber(t.value, Math.round(Number(kbps) * MB_AN_HOUR)),
  );
}
