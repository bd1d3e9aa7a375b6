import { z } from "zod";
import { bulletinId, relayId } from "../kernel/ids.ts";
import { itemEnd } from "./air-item.ts";
import { MAX_CLIP_MS, MAX_PROGRAMME_ITEMS } from "./content.ts";

/** One part of a programme as people put it together. A relay has no end of its own, so it is told how long it lasts. */
export const programmeItem = z.union([
  z.strictObject({ bulletin: bulletinId, end: itemEnd.default("soft") }),
  z.strictObject({
    relay: relayId,
    durationMs: z.number().int().positive().max(MAX_CLIP_MS),
    end: itemEnd.default("hard"),
  }),
]);
export type ProgrammeItem = z.infer<typeof programmeItem>;

/** A programme ("chương trình"): bulletins and relays in their order, played without a gap. */
export const programmeItems = z.array(programmeItem).min(1).max(MAX_PROGRAMME_ITEMS);
