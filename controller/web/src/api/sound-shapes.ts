import { bulletinClass, bulletinField } from "@loa/shared/broadcast/content.ts";
import { volume } from "@loa/shared/broadcast/plan.ts";
import { programmeItems } from "@loa/shared/broadcast/programme.ts";
import { areaId, bulletinId, clusterId, programmeId, relayId, sha256 } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";

/** What the API answers of relays, programmes and how areas sound, as the page reads it. */

export const relaySource = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("stream"),
    url: z.string(),
    hosts: z.array(z.string()),
    isPrivate: z.boolean(),
    fixedDelayMs: z.number().nullable(),
    gainDb: z.number(),
  }),
  z.object({ kind: z.literal("input"), input: z.enum(["line", "fm"]), gainDb: z.number() }),
]);
export type RelaySource = z.infer<typeof relaySource>;

export const relay = z.object({
  id: relayId,
  title: z.string(),
  areaId,
  source: relaySource,
  createdAt: instant,
});
export type Relay = z.infer<typeof relay>;
export const relays = z.object({ relays: z.array(relay) });
export const oneRelay = z.object({ relay });

/** A relay that a schedule in force needs is not withdrawn; the refusal names those. */
export const usedBy = z.object({ schedules: z.array(z.object({ title: z.string() })) });

export const bulletin = z.object({
  id: bulletinId,
  title: z.string(),
  class: bulletinClass,
  field: bulletinField,
  clip: sha256,
  areaId,
  /** What it says, where a machine has read a typed text. */
  spoken: z.string().nullable(),
});
export type Bulletin = z.infer<typeof bulletin>;
export const bulletins = z.object({ bulletins: z.array(bulletin) });
export const oneBulletin = z.object({ bulletin });

export const programme = z.object({
  id: programmeId,
  title: z.string(),
  items: programmeItems,
  durationMs: z.number(),
  areaId,
  createdAt: instant,
});
export type Programme = z.infer<typeof programme>;
export const programmes = z.object({ programmes: z.array(programme) });
export const oneProgramme = z.object({ programme });

export const areaSettings = z.object({
  own: z.object({ volume: volume.nullable(), filler: bulletinId.nullable() }),
  inForce: z.object({
    volume,
    volumeFrom: areaId.nullable(),
    filler: bulletinId.nullable(),
    fillerFrom: areaId.nullable(),
  }),
});
export type AreaSettings = z.infer<typeof areaSettings>;

/** Codec and kbit/s, the dearest first. */
export const renditionKinds = [
  "mp3-64",
  "mp3-48",
  "mp3-32",
  "mp3-24",
  "opus-64",
  "opus-48",
  "opus-32",
  "opus-24",
] as const;
export const areaAudio = z.object({
  own: z.string().nullable(),
  inForce: z.string(),
  from: areaId.nullable(),
});
export type AreaAudio = z.infer<typeof areaAudio>;

export const cluster = z.object({
  id: clusterId,
  name: z.string(),
  areaId,
  gainDb: z.number(),
  alignDelayMs: z.number(),
  turn: z.number(),
  /** Loudspeaker lines on which programmes sound. */
  zones: z.array(z.number()).readonly(),
  /** Who hear it; null: nobody has counted them. */
  people: z.number().nullable(),
});
export type Cluster = z.infer<typeof cluster>;
export const clusters = z.object({ clusters: z.array(cluster) });
export const oneCluster = z.object({ cluster });
