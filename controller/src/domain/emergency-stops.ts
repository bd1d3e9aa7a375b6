import { type AreaTree, isWithin } from "@loa/shared/broadcast/area.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { type Standing, topmost } from "./emergencies.ts";

/** As persons are told of it: one that a STOP made void everywhere sounds nowhere, though its time has not run out. */
export type ToldStanding = Standing | "stopped";

/** Areas in which one of the STOPs made it void before its end. */
export function areasStopped(
  { at, expiresAt }: { readonly at: Instant; readonly expiresAt: Instant },
  stops: readonly { readonly areaId: AreaId; readonly at: Instant }[],
): readonly AreaId[] {
  const voiding = stops.filter((stop) => isVoidedByStop(at, stop.at) && stop.at < expiresAt);
  return [...new Set(voiding.map((stop) => stop.areaId))];
}

/** Its own areas, where they were stopped whole, and the parts of them that were stopped alone. */
export function stoppedParts(
  areas: readonly AreaId[],
  stopped: readonly AreaId[],
  tree: AreaTree,
): readonly AreaId[] {
  const parts = areas.flatMap((area) =>
    stopped.some((stop) => isWithin(tree, area, stop))
      ? [area]
      : stopped.filter((stop) => isWithin(tree, stop, area)),
  );
  return topmost(parts, tree);
}

/** What was cancelled stays so: there somebody has said more than STOP, perhaps with a correction. */
export function toldStanding(
  standing: Standing,
  areas: readonly AreaId[],
  parts: readonly AreaId[],
): ToldStanding {
  if (standing === "cancelled") return standing;
  return areas.every((area) => parts.includes(area)) ? "stopped" : standing;
}
