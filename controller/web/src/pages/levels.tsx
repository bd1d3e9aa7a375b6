import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/sound-calls.ts";
import { t } from "../i18n/language.ts";
import { chosenArea } from "../live/choice.ts";
import { areas, province } from "../live/fleet.ts";
import { AreaSelect } from "../parts/area-select.tsx";
import { ClusterLevels } from "../parts/cluster-levels.tsx";
import { FillerPanel } from "../parts/filler-panel.tsx";
import { Loaded, useAnswer, Waiting } from "../parts/loaded.tsx";
import { RenditionPanel } from "../parts/rendition-panel.tsx";
import { VolumePanel } from "../parts/volume-panel.tsx";
import { areasWithin } from "../view/area-tally.ts";

export function LevelsPage(): VNode {
  const [chosen, setArea] = useState<AreaId | null>(chosenArea.value);
  const words = t.value.levels;
  const area = chosen ?? province.value?.id ?? null;
  return (
    <div class="form-page">
      <h1>{words.title}</h1>
      {area === null ? (
        <Waiting />
      ) : (
        <>
          <AreaSelect label={words.area} value={area} onChoose={setArea} />
          <OfArea key={area} area={area} />
        </>
      )}
    </div>
  );
}

function OfArea({ area }: { readonly area: AreaId }): VNode {
  const settings = useAnswer(() => calls.areaSettings(area), [area]);
  const audio = useAnswer(() => calls.areaAudio(area), [area]);
  const clusters = useAnswer(calls.clusters, [area]);
  const within = areasWithin(areas.value, area);
  return (
    <>
      <Loaded from={settings}>
        {(value) => (
          <>
            <VolumePanel area={area} settings={value} />
            <FillerPanel area={area} settings={value} />
          </>
        )}
      </Loaded>
      <Loaded from={audio}>{(value) => <RenditionPanel area={area} audio={value} />}</Loaded>
      <Loaded from={clusters}>
        {(value) => <ClusterLevels clusters={value.clusters.filter((one) => within.has(one.areaId))} />}
      </Loaded>
    </>
  );
}
