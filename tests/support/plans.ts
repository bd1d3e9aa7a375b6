import type { PlanItem } from "@loa/shared/broadcast/air-item.ts";
import { type Plan, plan, type Volume } from "@loa/shared/broadcast/plan.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import { areaId, boxId, clusterId, relayId, type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";

const FULL: Volume = { gainDb: 0, byHour: [], capDb: 20, emergencyDb: 0 };

/** The gain of a plan, the same at every hour. */
export function volumeOf(gainDb: number, change: Partial<Volume> = {}): Volume {
  return { ...FULL, gainDb, ...change };
}

/** The plan of box `cum-1` that asks for nothing, changed as told. The one place that knows what a plan is made of. */
export function emptyPlan(change: Partial<Plan> = {}): Plan {
  return plan.parse({
    v: 1,
    box: boxId.parse("cum-1"),
    cluster: clusterId.parse("cum-1"),
    lineage: [areaId.parse("tinh")],
    revision: 1,
    manifest: sha256.parse("f".repeat(64)),
    volume: FULL,
    zones: [1],
    rules: { quietHours: [], weekdays: null, maxSessionsPerDay: null, maxSessionMs: null },
    relays: [],
    filler: null,
    alignDelayMs: 0,
    schedules: [],
    ...change,
  });
}

/** A clip as an item of a programme; played whole unless told otherwise. */
export function clipItem(
  clip: { readonly sha256: Sha256; readonly durationMs: number },
  end: PlanItem["end"] = "soft",
): PlanItem {
  return { kind: "clip", sha256: clip.sha256, durationMs: clip.durationMs, end };
}

/** Another station's stream. */
export function relayOf(id: string): Extract<RelaySource, { kind: "stream" }> {
  return {
    kind: "stream",
    id: relayId.parse(id),
    title: id,
    url: `http://radio.test/${id}`,
    hosts: [],
    isPrivate: false,
    fixedDelayMs: null,
    gainDb: 0,
  };
}

export function relayItem(
  relay: Pick<RelaySource, "id">,
  durationMs: number,
  end: PlanItem["end"] = "hard",
): PlanItem {
  return { kind: "relay", relay: relay.id, durationMs, end };
}
