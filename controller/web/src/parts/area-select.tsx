import { type AreaId, areaId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import type { Area } from "../api/shapes.ts";
import { areas } from "../live/fleet.ts";
import { rootsOf } from "../view/area-tally.ts";
import { Option, Select, textOf } from "./web-awesome.tsx";

/** One area out of the tree, indented as it stands there. */
export function AreaSelect({
  label,
  hint = "",
  value,
  all,
  onChoose,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: AreaId | null;
  /** Text of the choice «no area in particular»; left out where one must be chosen. */
  readonly all?: string;
  readonly onChoose: (area: AreaId | null) => void;
}): VNode {
  const choose = (event: Event) => {
    const parsed = areaId.safeParse(textOf(event));
    onChoose(parsed.success ? parsed.data : null);
  };
  return (
    <Select label={label} hint={hint} value={value ?? ""} onChange={choose}>
      {all !== undefined && <Option value="">{all}</Option>}
      {flattened(areas.value).map(({ area, depth }) => (
        <Option key={area.id} value={area.id}>
          {"\u2003".repeat(depth)}
          {area.name}
        </Option>
      ))}
    </Select>
  );
}

function flattened(all: readonly Area[]): readonly { readonly area: Area; readonly depth: number }[] {
  const below = (parent: Area, depth: number): readonly { area: Area; depth: number }[] => [
    { area: parent, depth },
    ...all.filter((one) => one.parentId === parent.id).flatMap((one) => below(one, depth + 1)),
  ];
  return rootsOf(all).flatMap((root) => below(root, 0));
}
