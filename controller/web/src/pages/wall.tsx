import type { VNode } from "preact";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayReason } from "../i18n/say.ts";
import { loadFleet, loading, province, rows } from "../live/fleet.ts";
import { Refusal, Waiting } from "../parts/loaded.tsx";
import { presenceLook } from "../parts/mark.tsx";
import { SilentPanel } from "../parts/silent-panel.tsx";
import { SummaryTiles } from "../parts/summary-tiles.tsx";
import { Icon } from "../parts/web-awesome.tsx";
import { problemsFirst, reasonsAgainst, urgencyOf } from "../view/trouble.ts";

/** As many clusters as a wall shows in letters that can be read from four metres. */
const CLUSTERS_SHOWN = 24;

export function WallPage(): VNode {
  if (loading.value === "first") return <Waiting />;
  if (loading.value !== "done") return <Refusal problem={loading.value} onRetry={() => void loadFleet()} />;
  const worst = problemsFirst(rows.value);
  return (
    <div class="wall-page">
      <h1 class="visually-hidden">
        {t.value.overview.wallTitle}: {province.value?.name ?? ""}
      </h1>
      <SummaryTiles rows={rows.value} />
      <div class="wall-columns">
        <SilentPanel rows={rows.value} namesShown={5} />
        <section aria-labelledby="wall-clusters">
          <h2 id="wall-clusters">{t.value.overview.clusters}</h2>
          <ul class="plain wall-grid">
            {worst.slice(0, CLUSTERS_SHOWN).map((row) => (
              <WallTile key={row.boxId} row={row} />
            ))}
          </ul>
          {worst.length > CLUSTERS_SHOWN && (
            <p class="quiet">{t.value.overview.moreSilent(worst.length - CLUSTERS_SHOWN)}</p>
          )}
        </section>
      </div>
    </div>
  );
}

function WallTile({ row }: { readonly row: BoxRow }): VNode {
  const [tone, icon] = presenceLook[row.presence.state];
  const [reason] = reasonsAgainst(row);
  const isCalm = urgencyOf(row) < 2;
  return (
    <li class={`wall-tile wall-${isCalm ? "good" : tone === "good" ? "warn" : tone}`}>
      <strong>
        <Icon name={row.onAir === null ? icon : "wave"} /> {row.clusterName}
      </strong>
      <span>{row.onAir?.title ?? (reason === undefined ? words(row) : sayReason(t.value, reason))}</span>
    </li>
  );
}

function words(row: BoxRow): string {
  const { presence, readiness } = t.value.words;
  return row.next === null ? presence[row.presence.state] : readiness[row.readiness.state];
}
