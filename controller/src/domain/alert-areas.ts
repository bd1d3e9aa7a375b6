import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { topmost } from "./emergencies.ts";

/** WGS 84, degrees. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Where an alert holds: rings, circles and codes, any of which is enough. */
export interface AlertPlaces {
  readonly polygons: readonly (readonly Place[])[];
  readonly circles: readonly { readonly centre: Place; readonly radiusKm: number }[];
  readonly geocodes: readonly { readonly valueName: string; readonly value: string }[];
}

export interface PlacedCluster {
  readonly areaId: AreaId;
  /** Null: nobody wrote down where it stands. */
  readonly place: Place | null;
}

/** `valueName` of a geocode whose value is the id of one of our areas. */
export const OWN_GEOCODE = "loa:area";
/** Mean radius of the earth (IUGG), km. */
const EARTH_KM = 6_371.0088;

/**
 * Our areas in which the alert holds, without those inside another one: the areas its codes name, and the communes of
 * clusters that stand in its shapes. A whole commune is warned where one of its clusters is inside: too much is better
 * than a village left out.
 */
export function areasOfAlert(
  places: readonly AlertPlaces[],
  tree: AreaTree,
  clusters: readonly PlacedCluster[],
): readonly AreaId[] {
  const named = places.flatMap(({ geocodes }) =>
    geocodes
      .filter(({ valueName }) => valueName === OWN_GEOCODE)
      .map(({ value }) => value as AreaId)
      .filter((id) => tree.parentOf.has(id)),
  );
  const inside = clusters.flatMap(({ areaId, place }) =>
    place !== null && places.some((one) => holdsAt(one, place)) ? [areaId] : [],
  );
  return topmost([...named, ...inside], tree);
}

function holdsAt({ polygons, circles }: AlertPlaces, place: Place): boolean {
  return (
    polygons.some((ring) => isInside(ring, place)) ||
    circles.some(({ centre, radiusKm }) => distanceKm(centre, place) <= radiusKm)
  );
}

/** Counts how often a line to the east crosses the ring; a province lies on neither pole nor date line. */
function isInside(ring: readonly Place[], { latitude, longitude }: Place): boolean {
  let inside = false;
  for (let index = 1; index < ring.length; index += 1) {
    const from = ring[index - 1];
    const to = ring[index];
    if (from === undefined || to === undefined) continue;
    if (from.latitude > latitude === to.latitude > latitude) continue;
    const share = (latitude - from.latitude) / (to.latitude - from.latitude);
    if (longitude < from.longitude + share * (to.longitude - from.longitude)) inside = !inside;
  }
  return inside;
}

function distanceKm(a: Place, b: Place): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (angle: number) => Math.sin(angle / 2) ** 2;
  const share =
    half(rad(b.latitude - a.latitude)) +
    Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * half(rad(b.longitude - a.longitude));
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(share)));
}
