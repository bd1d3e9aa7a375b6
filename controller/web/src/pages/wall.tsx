import type { VNode } from "preact";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayAgainst } from "../i18n/say.ts";
import { loadFleet, loading, province, rows } from "../live/fleet.ts";
import { When } from "../parts/instant.tsx";
import { Refusal, Waiting } from "../parts/loaded.tsx";
import { presenceLook, type Tone } from "../parts/mark.tsx";
import { ReadinessPanel } from "../parts/readiness-panel.tsx";
import { SummaryTiles } from "../parts/summary-tiles.tsx";
import { VerdictTally } from "../parts/verdict-tally.tsx";
import { Icon, type IconName } from "../parts/web-awesome.tsx";
import { lastSession } from "../view/sessions.ts";
import { problemsFirst, urgencyOf } from "../view/trouble.ts";

/** As many clusters as a wall shows in letters that can be read from four metres. */
const CLUSTERS_SHOWN = 18;
/** From here on a cluster will not be heard; below, a person should look at it. */
const BAD_FROM = 5;
const WARN_FROM = 2;

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
        <div class="wall-left">
          <ReadinessPanel rows={rows.value} namesShown={5} />
          <LastSession rows={rows.value} />
        </div>
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

function LastSession({ rows }: { readonly rows: readonly BoxRow[] }): VNode | null {
  const last = lastSession(rows);
  if (last === null) return null;
  return (
    <section class="panel" aria-labelledby="wall-last">
      <h2 id="wall-last">{t.value.overview.lastSession}</h2>
      <h3>
        <When at={last.dueAt} /> · {last.title}
      </h3>
      <VerdictTally tally={last.tally} />
    </section>
  );
}

function WallTile({ row }: { readonly row: BoxRow }): VNode {
  const urgency = urgencyOf(row);
  const tone: Tone = urgency >= BAD_FROM ? "bad" : urgency >= WARN_FROM ? "warn" : "good";
  return (
    <li class={`wall-tile wall-${tone}`}>
      <strong>
        <Icon name={iconOf(row)} /> {row.clusterName}
      </strong>
      <span>{wordsOf(row)}</span>
    </li>
  );
}

function iconOf(row: BoxRow): IconName {
  if (row.presence.state !== "online") return presenceLook[row.presence.state][1];
  if (row.against[0]?.severity === "critical") return "cross";
  if (row.onAir !== null) return "wave";
  if (row.against.length > 0) return "alert";
  return row.faults.length > 0 ? "alert" : "check";
}

function wordsOf(row: BoxRow): string {
  const [reason] = row.against;
  const [fault] = row.faults;
  if (reason?.severity === "critical") return sayAgainst(t.value, reason);
  if (row.onAir !== null) return row.onAir.title;
  if (reason !== undefined) return sayAgainst(t.value, reason);
  if (fault !== undefined) return t.value.words.fault[fault.kind];
  return row.next === null
    ? t.value.words.presence[row.presence.state]
    : t.value.words.readiness[row.readiness.state];
}
