import { z } from "zod";
import { relayId, sha256 } from "../kernel/ids.ts";
import type { BuiltInWords } from "./built-in-sounds.ts";
import { MAX_CLIP_MS } from "./content.ts";
import type { RelaySource } from "./relay.ts";

const durationMs = z.number().int().positive().max(MAX_CLIP_MS);

/**
 * How an item of a programme ends. `soft`: it is played whole, and what follows waits. `hard`: its planned end by the
 * clock stands, whatever came between; it is faded out there and what follows begins on time.
 */
export const itemEnd = z.enum(["soft", "hard"]);

/** One part of a programme as the plan names it; everything else about a clip is in the manifest. */
export const planItem = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("clip"), sha256, durationMs, end: itemEnd }),
  z.object({ kind: z.literal("relay"), relay: relayId, durationMs, end: itemEnd }),
]);
export type PlanItem = z.infer<typeof planItem>;

/** What an occurrence is made of: parts of its programme, and sounds that every box has in its memory. */
export type AirItem =
  | PlanItem
  | OwnRelay
  | { readonly kind: "chime"; readonly durationMs: number }
  | { readonly kind: "siren"; readonly severity: "actual" | "exercise"; readonly durationMs: number }
  /** Spoken words that are built into the box. */
  | { readonly kind: "notice"; readonly words: BuiltInWords; readonly durationMs: number }
  | { readonly kind: "pause"; readonly durationMs: number };

/** A relay of an emergency: where it comes from was approved with it, and no plan is asked for it. */
export type OwnRelay = Extract<PlanItem, { kind: "relay" }> & { readonly source: RelaySource };

export function durationOf(items: readonly AirItem[]): number {
  return items.reduce((sum, item) => sum + item.durationMs, 0);
}

export function endOfItem(item: AirItem): "soft" | "hard" {
  return item.kind === "clip" || item.kind === "relay" ? item.end : "soft";
}

/** The clip an item needs on the disk; null when it needs none. */
export function clipOf(item: AirItem): Extract<PlanItem, { kind: "clip" }>["sha256"] | null {
  return item.kind === "clip" ? item.sha256 : null;
}
