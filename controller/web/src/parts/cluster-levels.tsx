import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/sound-calls.ts";
import type { Cluster } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import { mayEnrol } from "../live/may-enrol.ts";
import { changeOfCluster, formOfCluster } from "../view/cluster-form.ts";
import { ClaimCode } from "./claim-code.tsx";
import { Empty } from "./loaded.tsx";
import { SaveRow, useSaving } from "./save-row.tsx";
import { Button, Input, textOf } from "./web-awesome.tsx";

/** More than these are found by choosing a smaller area. */
const SHOWN_AT_ONCE = 30;

export function ClusterLevels({ clusters }: { readonly clusters: readonly Cluster[] }): VNode {
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const words = t.value.levels;
  const sorted = [...clusters].sort((a, b) => a.name.localeCompare(b.name, "vi"));
  const left = sorted.length - limit;
  return (
    <section class="panel" aria-labelledby="cluster-levels">
      <h2 id="cluster-levels">{words.clusters}</h2>
      <p class="quiet">{words.clusterHint}</p>
      {sorted.length === 0 && <Empty>{words.clustersNone}</Empty>}
      <ul class="plain cluster-levels">
        {sorted.slice(0, limit).map((one) => (
          <ClusterRow key={one.id} cluster={one} />
        ))}
      </ul>
      {left > 0 && (
        <Button appearance="outlined" onClick={() => setLimit(limit + SHOWN_AT_ONCE)}>
          {t.value.state.showMore(Math.min(left, SHOWN_AT_ONCE))}
        </Button>
      )}
    </section>
  );
}

function ClusterRow({ cluster }: { readonly cluster: Cluster }): VNode {
  const [form, setForm] = useState(() => formOfCluster(cluster));
  const [isChanged, setChanged] = useState(false);
  const [saving, save, setSaving] = useSaving();
  const words = t.value.levels;
  const wanted = changeOfCluster(form);
  const fields = [
    ["gainDb", words.correction],
    ["alignDelayMs", words.align],
    ["turn", words.turn],
    ["zones", words.lines],
    ["people", words.people],
  ] as const;
  return (
    <li>
      <h3>{cluster.name}</h3>
      {mayEnrol.value && <ClaimCode cluster={cluster.id} />}
      <div class="cluster-fields">
        {fields.map(([name, label]) => (
          <Input
            key={name}
            label={label}
            {...(name === "zones" ? {} : { type: "number", step: "any" })}
            size="s"
            value={form[name]}
            onInput={(event) => {
              setForm({ ...form, [name]: textOf(event) });
              setChanged(true);
              setSaving({ kind: "no" });
            }}
          />
        ))}
      </div>
      {(isChanged || saving.kind !== "no") && (
        <SaveRow
          saving={saving}
          mistake={wanted === null ? words.clusterWrong : null}
          onSave={() => {
            if (wanted !== null) void save(calls.changeCluster(cluster.id, wanted));
          }}
        />
      )}
    </li>
  );
}
