import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";

/** Areas that a plan has taken the box out of, and until when they still count for commands. */
export type FormerAreas = ReadonlyMap<AreaId, Instant>;

/** What the box remembers of where it is. */
interface Place {
  readonly plan: Pick<Plan, "lineage"> | null;
  readonly formerAreas: FormerAreas;
}

/**
 * So long a box also obeys the areas that it was taken out of. A stolen key could else move it, by a plan, to where no
 * emergency and no STOP is heard; the control room's own next plan brings it back.
 */
const FORMER_MS = 7 * DAY_MS;
/** Two whole lineages. The first that were left stay: later ones may be inventions. */
export const MAX_FORMER = 32;

const NO_AREAS: readonly AreaId[] = [];
const NO_FORMER: FormerAreas = new Map();

/** Where the plan says that the box is. */
export function plannedAreas({ plan }: Pick<Place, "plan">): readonly AreaId[] {
  return plan?.lineage ?? NO_AREAS;
}

/** Those that it left some days ago. */
export function leftAreas({ formerAreas }: Pick<Place, "formerAreas">, now: Instant): readonly AreaId[] {
  if (formerAreas.size === 0) return NO_AREAS;
  return [...formerAreas].flatMap(([area, until]) => (until > now ? [area] : []));
}

/** The areas whose commands it obeys. */
export function ownAreas(memory: Place, now: Instant): readonly AreaId[] {
  const left = leftAreas(memory, now);
  return left.length === 0 ? plannedAreas(memory) : [...plannedAreas(memory), ...left];
}

export function formerAfter(memory: Place, lineage: readonly AreaId[], now: Instant): FormerAreas {
  const until = plus(now, FORMER_MS);
  const standing = [...memory.formerAreas].filter(([area, end]) => end > now && !lineage.includes(area));
  const left = plannedAreas(memory).filter((area) => !lineage.includes(area));
  if (standing.length + left.length === 0)
    return memory.formerAreas.size === 0 ? memory.formerAreas : NO_FORMER;
  return new Map([...standing, ...left.map((area) => [area, until] as const)].slice(0, MAX_FORMER));
}
