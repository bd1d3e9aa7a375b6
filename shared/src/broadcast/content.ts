import { z } from "zod";
import { bulletinId, sha256 } from "../kernel/ids.ts";

/** The three legal classes of Circular 39/2020/TT-BTTTT: thông thường, ưu tiên, khẩn cấp. */
export const bulletinClass = z.enum(["normal", "priority", "emergency"]);
export type BulletinClass = z.infer<typeof bulletinClass>;

/** Longest clip, and longest programme of clips. */
export const MAX_CLIP_MS = 2 * 3_600_000;
export const MAX_PROGRAMME_MS = 4 * 3_600_000;
export const MAX_PROGRAMME_ITEMS = 64;

/** One audio file, named by the SHA-256 of its bytes. `gainDb` brings it to the target loudness when played. */
export const clip = z.object({
  sha256,
  sizeBytes: z.number().int().positive(),
  durationMs: z.number().int().positive().max(MAX_CLIP_MS),
  gainDb: z.number().min(-60).max(24),
});
export type Clip = z.infer<typeof clip>;

/** The content a box must hold for its plan; travels by HTTP and is itself named by its SHA-256. */
export const manifest = z.object({ v: z.literal(1), clips: z.array(clip).max(4_096) });
export type Manifest = z.infer<typeof manifest>;

/** Fields ("lĩnh vực") of essential information after Decree 49/2024/NĐ-CP Art. 6; the official codes are not public. */
export const bulletinField = z.enum([
  "policy-and-law",
  "local-programmes",
  "economy-culture-society",
  "security-and-defence",
  "disaster-and-emergency",
  "good-models",
  "crime-prevention",
  "goods-and-services",
  "other",
]);
export type BulletinField = z.infer<typeof bulletinField>;

export const bulletin = z.object({
  id: bulletinId,
  title: z.string().min(1).max(200),
  class: bulletinClass,
  field: bulletinField,
  clip,
});
export type Bulletin = z.infer<typeof bulletin>;
