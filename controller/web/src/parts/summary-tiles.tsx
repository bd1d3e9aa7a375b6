import type { VNode } from "preact";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { tallyOf } from "../view/area-tally.ts";
import type { RowFilter } from "../view/trouble.ts";
import { presenceLook, readinessLook, type Tone } from "./mark.tsx";
import { Icon, type IconName } from "./web-awesome.tsx";

interface Tile {
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
  readonly icon: IconName;
  /** The list that shows what the tile counts. */
  readonly filter: RowFilter;
}

/** Counts of the chosen area. Where a list is beside them, a press on one filters it. */
export function SummaryTiles({
  rows,
  onChoose,
}: {
  readonly rows: readonly BoxRow[];
  readonly onChoose?: (filter: RowFilter) => void;
}): VNode {
  return (
    <ul class="tiles plain" aria-label={t.value.overview.summary}>
      {tilesOf(rows).map((tile) => (
        <li key={tile.label}>
          {onChoose === undefined ? (
            <div class={tileClass(tile)}>
              <TileBody {...tile} />
            </div>
          ) : (
            <button type="button" class={tileClass(tile)} onClick={() => onChoose(tile.filter)}>
              <TileBody {...tile} />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A count of zero is no news: it stays grey, whatever it counts. */
function tileClass({ count, tone }: Tile): string {
  return `tile tile-${count === 0 ? "quiet" : tone}`;
}

function TileBody({ label, count, icon }: Tile): VNode {
  return (
    <>
      <span class="tile-count">{count}</span>
      <span class="tile-label">
        <Icon name={icon} /> {label}
      </span>
    </>
  );
}

function tilesOf(rows: readonly BoxRow[]): readonly Tile[] {
  const tally = tallyOf(rows);
  const { words, overview } = t.value;
  const presence = (["online", "suspect", "offline", "unknown"] as const).map((state) => ({
    label: words.presence[state],
    count: tally.presence[state],
    tone: presenceLook[state][0],
    icon: presenceLook[state][1],
    filter: state === "online" ? ("all" as const) : ("offline" as const),
  }));
  const readiness = (["ready", "not-ready"] as const).map((state) => ({
    label: words.readiness[state],
    count: tally.readiness[state],
    tone: readinessLook[state][0],
    icon: readinessLook[state][1],
    filter: state === "ready" ? ("all" as const) : ("not-ready" as const),
  }));
  return [
    ...presence,
    ...readiness,
    { label: overview.faultCount, count: tally.faulty, tone: "bad", icon: "fault", filter: "trouble" },
    { label: overview.onAirCount, count: tally.onAir, tone: "info", icon: "wave", filter: "on-air" },
  ];
}
