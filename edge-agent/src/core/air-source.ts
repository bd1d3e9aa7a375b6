import type { AirItem } from "@loa/shared/broadcast/air-item.ts";
import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import { LEAST_EMERGENCY_DB, type Plan } from "@loa/shared/broadcast/plan.ts";
import { MAX_RELAY_DELAY_MS, type RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { AirSource } from "./effect.ts";
import type { AgentState, ContentState } from "./state.ts";

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
      const relay = "source" in item ? item.source : plan?.relays.find((one) => one.id === item.relay);
      return relay === undefined ? null : { kind: "relay", relay: inStep(relay, plan?.alignDelayMs ?? 0) };
    }
    case "chime":
      return { kind: "chime" };
    case "siren":
      return { kind: "siren", severity: item.severity, durationMs: item.durationMs };
    case "notice":
      return { kind: "notice", words: item.words };
    case "pause":
      return null;
  }
}

/** What is heard at a fixed delay after its capture waits for its neighbours like everything else. */
function inStep(relay: RelaySource, alignDelayMs: number): RelaySource {
  if (relay.kind === "input" || relay.fixedDelayMs === null) return relay;
  return { ...relay, fixedDelayMs: Math.min(MAX_RELAY_DELAY_MS, relay.fixedDelayMs + alignDelayMs) };
}

/** A relay that the plan asks for and does not name: nobody knows where it is. */
export function isUnnamed(item: AirItem, plan: Plan | null): boolean {
  return item.kind === "relay" && sourceOf(item, plan) === null;
}

/** Static gain of the source against full scale, dB: of everything below an emergency never above what the roster allows. */
export function ordinaryGainOf(source: AirSource, { content, memory }: AgentState): number {
  const gainDb =
    source.kind === "clip" ? (content.clips?.get(source.sha256)?.gainDb ?? 0) : relayGainOf(source);
  const most = memory.roster?.contents.safety?.maxGainDb;
  return most === undefined ? gainDb : Math.min(most, gainDb);
}

/**
 * The same of an emergency: as persons have signed it, whatever a plan says of the same file, and never so low that
 * nobody hears it. Who signs has heard the file, and not its gain; of the same file others may have signed another one.
 */
export function emergencyGainOf(source: AirSource, id: OccurrenceId, { memory }: AgentState): number {
  if (source.kind !== "clip") return relayGainOf(source);
  const raised = [...memory.emergencies.values()].find(({ emergency }) => occurrenceOf(emergency).id === id);
  return Math.max(LEAST_EMERGENCY_DB, raised?.emergency.notice?.gainDb ?? 0);
}

function relayGainOf(source: AirSource): number {
  return source.kind === "relay" ? source.relay.gainDb : 0;
}
