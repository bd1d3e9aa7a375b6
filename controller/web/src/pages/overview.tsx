import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { chosenArea } from "../live/choice.ts";
import { areas, loadFleet, loading, province, rows } from "../live/fleet.ts";
import { AreaTree } from "../parts/area-tree.tsx";
import { BoxList } from "../parts/box-list.tsx";
import { Empty, Refusal, Waiting } from "../parts/loaded.tsx";
import { ReadinessPanel } from "../parts/readiness-panel.tsx";
import { SummaryTiles } from "../parts/summary-tiles.tsx";
import { Details, Input, Option, Select, textOf } from "../parts/web-awesome.tsx";
import { rowsWithin } from "../view/area-tally.ts";
import { matches, problemsFirst, type RowFilter } from "../view/trouble.ts";

const filters = ["all", "trouble", "not-ready", "offline", "on-air"] as const;

export function OverviewPage(): VNode {
  const [filter, setFilter] = useState<RowFilter>("all");
  const words = t.value.overview;
  if (loading.value === "first") return <Waiting />;
  if (loading.value !== "done") return <Refusal problem={loading.value} onRetry={() => void loadFleet()} />;
  const here = rowsWithin(rows.value, areas.value, chosenArea.value);
  const area = areas.value.find((one) => one.id === chosenArea.value) ?? province.value;
  return (
    <div class="overview">
      <aside class="overview-areas" aria-label={words.areas}>
        <Details
          class="area-details"
          summary={`${words.areas}: ${area?.name ?? ""}`}
          open={innerWidth >= 900}
        >
          <AreaTree chosen={area?.id ?? null} onChoose={(id) => (chosenArea.value = id)} />
        </Details>
      </aside>
      <div class="overview-main">
        <div class="overview-head">
          <h1>{area?.name ?? words.title}</h1>
          <a href="/?wall=1">{words.wallTitle}</a>
        </div>
        <SummaryTiles rows={here} onChoose={setFilter} />
        <ReadinessPanel rows={here} />
        <Clusters rows={here} filter={filter} onFilter={setFilter} />
      </div>
    </div>
  );
}

function Clusters({
  rows,
  filter,
  onFilter,
}: {
  readonly rows: readonly BoxRow[];
  readonly filter: RowFilter;
  readonly onFilter: (filter: RowFilter) => void;
}): VNode {
  const [search, setSearch] = useState("");
  const words = t.value.overview;
  const shown = problemsFirst(rows).filter((row) => matches(row, filter, search));
  const chooseFilter = (event: Event) => onFilter(filters.find((one) => one === textOf(event)) ?? "all");
  return (
    <section aria-labelledby="clusters">
      <div class="list-head">
        <h2 id="clusters">{words.clusters}</h2>
        <p class="quiet" role="status">
          {words.shown(shown.length, rows.length)}
        </p>
        <Input
          class="list-search"
          label={words.search}
          type="search"
          size="s"
          withClear
          value={search}
          onInput={(event) => setSearch(textOf(event))}
        />
        <Select class="list-filter" label={words.filter} size="s" value={filter} onChange={chooseFilter}>
          {filters.map((one) => (
            <Option key={one} value={one}>
              {words.filters[one]}
            </Option>
          ))}
        </Select>
      </div>
      {rows.length === 0 ? (
        <Empty>{words.noBoxes}</Empty>
      ) : shown.length === 0 ? (
        <Empty>{words.noneMatch}</Empty>
      ) : (
        <BoxList rows={shown} />
      )}
    </section>
  );
}
