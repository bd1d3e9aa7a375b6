import type { AirRules } from "@loa/shared/broadcast/air-rules.ts";
import type { LocalTime } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Operator } from "./operator.ts";

/** An invented province with true kinds of names: areas, and one cluster for each box. */
export interface ProvincePlan {
  readonly areas: readonly PlannedArea[];
  readonly clusters: readonly PlannedCluster[];
}
export interface PlannedArea {
  readonly id: string;
  readonly kind: "province" | "commune" | "village";
  readonly name: string;
  readonly parentId: string | null;
}
export interface PlannedCluster {
  readonly name: string;
  readonly areaId: string;
  readonly horns: number;
  readonly people: number;
  readonly latitude: number;
  readonly longitude: number;
}

export const PROVINCE_ID = "cam-lam-hai";

/** Invented names, so that nobody takes the demo for a real place. */
const communes = [
  { id: "an-hoa", name: "Xã An Hòa", latitude: 12.31, longitude: 109.11 },
  { id: "vinh-son", name: "Xã Vĩnh Sơn", latitude: 12.24, longitude: 109.02 },
  { id: "long-hai", name: "Phường Long Hải", latitude: 12.18, longitude: 109.19 },
] as const;

const villages = ["Thôn Đông", "Thôn Tây", "Thôn Nam", "Thôn Bắc"] as const;
const villageIds = ["dong", "tay", "nam", "bac"] as const;

/** Boxes are dealt to the villages in turn: 12 boxes make 3 communes of 4 villages with one cluster each. */
export function planProvince(boxes: number): ProvincePlan {
  const areas: PlannedArea[] = [
    { id: PROVINCE_ID, kind: "province", name: "Tỉnh Cam Lâm Hải", parentId: null },
  ];
  for (const commune of communes) {
    areas.push({ id: commune.id, kind: "commune", name: commune.name, parentId: PROVINCE_ID });
    villages.forEach((name, index) => {
      areas.push({ id: `${commune.id}-${villageIds[index]}`, kind: "village", name, parentId: commune.id });
    });
  }
  const places = villageIds.flatMap((village, index) =>
    communes.map((commune) => ({ commune, village, name: villages[index] ?? village, index })),
  );
  const clusters = Array.from({ length: boxes }, (_, number) => {
    const place = places[number % places.length] ?? places[0];
    if (place === undefined) throw new Error("no place");
    const turn = Math.floor(number / places.length) + 1;
    return {
      name: `Cụm loa ${place.name.replace("Thôn ", "")} ${turn}, ${place.commune.name}`,
      areaId: `${place.commune.id}-${place.village}`,
      horns: 2 + (number % 3),
      people: 300 + ((number * 37) % 600),
      latitude: place.commune.latitude + place.index * 0.008,
      longitude: place.commune.longitude + turn * 0.006,
    };
  });
  return { areas, clusters };
}

/** No sound at night; otherwise a commune's usual freedom. */
export const demoRules: AirRules = {
  quietHours: [{ from: "22:00:00" as LocalTime, to: "04:30:00" as LocalTime }],
  weekdays: null,
  maxSessionsPerDay: null,
  maxSessionMs: null,
};

const clusterAnswer = z.object({ cluster: z.object({ id: z.string() }) });
const claimAnswer = z.object({ code: z.string() });

const listedAreas = z.object({ areas: z.array(z.object({ id: z.string() })) });

/** Adds the areas below the root that are not there yet. */
export async function foundAreas(operator: Operator, plan: ProvincePlan): Promise<void> {
  const { areas } = await operator.do("GET", "/api/v1/areas", listedAreas);
  const known = new Set(areas.map((area) => area.id));
  for (const area of plan.areas) {
    if (area.parentId !== null && !known.has(area.id))
      await operator.do("POST", "/api/v1/areas", z.unknown(), area);
  }
}

/** Adds a cluster and answers the claim code for its box. */
export async function newClaim(
  operator: Operator,
  cluster: PlannedCluster,
  kind: "real" | "simulated",
): Promise<string> {
  const made = await operator.do("POST", "/api/v1/clusters", clusterAnswer, cluster);
  const path = `/api/v1/clusters/${made.cluster.id}/claim?simulated=${kind === "simulated"}`;
  const { code } = await operator.do("POST", path, claimAnswer);
  return code;
}
