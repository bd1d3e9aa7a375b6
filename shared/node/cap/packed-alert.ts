import { gunzipSync, gzipSync } from "node:zlib";
import { packedAlert } from "@loa/shared/trust/standing-approval.ts";

/** What a box unpacks at most, bytes: the largest alert with polygons of a province, and no bomb. */
const MAX_UNPACKED_BYTES = 256 * 1024;

/** An alert as its sender signed it, for the way to the boxes. Null: it is too large for one envelope. */
export function packAlert(document: string): string | null {
  const bytes = Buffer.from(document, "utf8");
  if (bytes.length > MAX_UNPACKED_BYTES) return null;
  const packed = gzipSync(bytes, { level: 9 }).toString("base64url");
  return packedAlert.safeParse(packed).success ? packed : null;
}

/** Null: no such thing, or larger than is unpacked. */
export function unpackAlert(packed: string): Uint8Array | null {
  try {
    return gunzipSync(Buffer.from(packed, "base64url"), { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch {
    return null;
  }
}
