import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { areas } from "../live/fleet.ts";
import { boxesByArea, peopleByArea } from "../view/area-tally.ts";

export interface ChosenText {
  readonly names: string;
  readonly boxes: number;
  /** Null where nobody has counted all of them. */
  readonly people: number | null;
}

export function textOfChosen(chosen: readonly AreaId[]): ChosenText {
  const found = areas.value.filter((one) => chosen.includes(one.id));
  const boxesOf = boxesByArea(areas.value);
  const peopleOf = peopleByArea(areas.value);
  const people = found.map((one) => peopleOf.get(one.id) ?? null);
  return {
    people: people.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0),
    names: found.map((one) => one.name).join(", "),
    boxes: found.reduce((sum, one) => sum + (boxesOf.get(one.id) ?? 0), 0),
  };
}

/** What was ticked in the tree, in words. */
export function ChosenAreas({ chosen }: { readonly chosen: readonly AreaId[] }): VNode | null {
  if (chosen.length === 0) return null;
  const { names, boxes } = textOfChosen(chosen);
  return <p role="status">{t.value.broadcast.areasChosen(names, boxes)}</p>;
}
