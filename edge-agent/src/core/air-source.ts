import type { AirItem } from "@loa/shared/broadcast/air-item.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { AirSource } from "./effect.ts";
import type { ContentState } from "./state.ts";

/** Whether a clip is asked for that is not on the disk. */
export function isMissing(item: AirItem, { present }: Pick<ContentState, "present">): boolean {
  return item.kind === "clip" && !present.has(item.sha256);
}

/** Whether anything would be heard of it, as far as the box knows now. */
export function canSound(item: AirItem, content: Pick<ContentState, "present">): boolean {
  return item.kind !== "pause" && !isMissing(item, content);
}

/** Null: there is nothing to play, or a relay that the plan does not name. */
export function sourceOf(item: AirItem, plan: Plan | null): AirSource | null {
  switch (item.kind) {
    case "clip":
      return { kind: "clip", sha256: item.sha256 };
    case "relay": {
      const relay = plan?.relays.find((one) => one.id === item.relay);
      return relay === undefined ? null : { kind: "relay", relay };
    }
    case "chime":
      return { kind: "chime" };
    case "siren":
      return { kind: "siren", severity: item.severity, durationMs: item.durationMs };
    case "notice":
      return { kind: "notice", severity: item.severity };
    case "pause":
      return null;
  }
}

/** Static gain of the source against full scale, dB. */
export function gainOf(source: AirSource, { clips }: Pick<ContentState, "clips">): number {
  if (source.kind === "clip") return clips?.get(source.sha256)?.gainDb ?? 0;
  return source.kind === "relay" ? source.relay.gainDb : 0;
}
