import { z } from "zod";

/**
 * What a clip is in the virtual world: a short text that says how long and how loud it would be. It travels, is
 * hashed and is checked like any other file.
 */
const virtualClip = z.object({
  clip: z.string(),
  durationMs: z.number().int().positive(),
  /** Level of the sound against full scale, before the gain of the clip. */
  rmsDb: z.number(),
});
export type VirtualClip = z.infer<typeof virtualClip>;

export function virtualClipBytes(clip: VirtualClip): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(clip));
}

/** Null for bytes that are no clip. */
export function readVirtualClip(bytes: Uint8Array): VirtualClip | null {
  try {
    const parsed = virtualClip.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
