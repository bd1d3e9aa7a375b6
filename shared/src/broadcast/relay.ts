import { z } from "zod";
import { relayId } from "../kernel/ids.ts";

/** Longest sound that may lie between capture and loudspeaker, ms. */
export const MAX_RELAY_DELAY_MS = 30_000;

/** An address of another station's stream; what a scheme means to the box is the box's business. */
const streamUrl = z.url({ protocol: /^(https?|rtsp|rtmps?)$/ }).max(500);

/** A host as it stands in an address: a name, or an IP address in brackets or dots. */
const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9.:[\]-]+$/);

/** Where a relay ("tiếp âm") comes from: a stream on the network, or an input of the box such as an FM receiver. */
export const relaySource = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("stream"),
    id: relayId,
    title: z.string().min(1).max(200),
    url: streamUrl,
    /** Further hosts that redirects and segments may lead to; the address's own host is always allowed. */
    hosts: z.array(host).max(16),
    /** True only where somebody confirmed that the stream lies inside the province's own network. */
    isPrivate: z.boolean(),
    /** From the capture of a sample to the loudspeaker, where the stream tells its capture time; null: as it comes. */
    fixedDelayMs: z.number().int().min(1_000).max(MAX_RELAY_DELAY_MS).nullable(),
    gainDb: z.number().min(-40).max(24),
  }),
  z.object({
    kind: z.literal("input"),
    id: relayId,
    title: z.string().min(1).max(200),
    input: z.enum(["line", "fm"]),
    gainDb: z.number().min(-40).max(24),
  }),
]);
export type RelaySource = z.infer<typeof relaySource>;
