import { type AreaId, areaId } from "@loa/shared/kernel/ids.ts";
import { computed } from "@preact/signals";
import type { VNode } from "preact";
import type { Area } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { areas, rows } from "../live/fleet.ts";
import { type AreaCounts, boxesByArea, countsByArea, rootsOf } from "../view/area-tally.ts";
import { Icon, selectedKeys, Tree, TreeItem } from "./web-awesome.tsx";

/** Counted once for the whole tree, however many branches show them. */
const counts = computed(() => countsByArea(areas.value, rows.value));
const boxes = computed(() => boxesByArea(areas.value));
const noCounts: AreaCounts = { boxes: 0, online: 0, faulty: 0 };

/** The tree of areas with what goes on in each; one is chosen. */
export function AreaTree({
  chosen,
  onChoose,
}: {
  readonly chosen: AreaId | null;
  readonly onChoose: (area: AreaId) => void;
}): VNode {
  const select = (event: Event) => {
    const [first] = idsOf(event);
    if (first !== undefined) onChoose(first);
  };
  return (
    <Tree selection="single" aria-label={t.value.overview.areas} onwa-selection-change={select}>
      {rootsOf(areas.value).map((root) => (
        <Branch
          key={root.id}
          area={root}
          all={areas.value}
          chosen={chosen === null ? [] : [chosen]}
          withCounts
        />
      ))}
    </Tree>
  );
}

/** The tree of areas with a box to tick before each. */
export function AreaChoice({
  chosen,
  onChoose,
}: {
  readonly chosen: readonly AreaId[];
  readonly onChoose: (areas: readonly AreaId[]) => void;
}): VNode {
  return (
    <Tree
      selection="multiple"
      class="area-choice"
      aria-label={t.value.broadcast.areasStep}
      onwa-selection-change={(event) => onChoose(idsOf(event))}
    >
      {rootsOf(areas.value).map((root) => (
        <Branch key={root.id} area={root} all={areas.value} chosen={chosen} />
      ))}
    </Tree>
  );
}

function idsOf(event: Event): readonly AreaId[] {
  return selectedKeys(event).flatMap((key) => {
    const parsed = areaId.safeParse(key);
    return parsed.success ? [parsed.data] : [];
  });
}

interface BranchProps {
  readonly area: Area;
  readonly all: readonly Area[];
  readonly chosen: readonly AreaId[];
  readonly withCounts?: boolean;
}

/** Open down to the communes: villages are many. */
function Branch({ area, all, chosen, withCounts = false }: BranchProps): VNode {
  const children = all.filter((one) => one.parentId === area.id);
  return (
    <TreeItem
      data-key={area.id}
      expanded={area.kind === "province" || area.kind === "district"}
      selected={chosen.includes(area.id)}
    >
      <span class="branch">
        <span class="branch-name">{area.name}</span>
        {withCounts ? (
          <Counts counts={counts.value.get(area.id) ?? noCounts} />
        ) : (
          <span class="branch-counts">{t.value.state.boxes(boxes.value.get(area.id) ?? 0)}</span>
        )}
      </span>
      {children.map((child) => (
        <Branch key={child.id} area={child} all={all} chosen={chosen} withCounts={withCounts} />
      ))}
    </TreeItem>
  );
}

function Counts({ counts: { boxes: all, online, faulty } }: { readonly counts: AreaCounts }): VNode {
  const words = t.value.overview;
  return (
    <span class="branch-counts">
      <span class={online === all ? "" : "short"}>
        <span class="visually-hidden">{words.areaCounts(online, all)}</span>
        <span aria-hidden="true">
          {online}/{all}
        </span>
      </span>
      {faulty > 0 && (
        <span class="branch-fault" title={words.faultyCount(faulty)}>
          <Icon name="fault" label={words.faultyCount(faulty)} />
          <span aria-hidden="true">{faulty}</span>
        </span>
      )}
    </span>
  );
}
