import type { Duplex } from "node:stream";

/**
 * Writes without waiting. A reader that lets too much pile up is cut off on the spot: waiting for one stalled box
 * once delayed an emergency to all the others by 58 s.
 */
export function writeOrKick(
  socket: Duplex,
  frame: Buffer,
  maxHeldBytes: number,
): "written" | "kicked" | "gone" {
  if (socket.destroyed || !socket.writable) return "gone";
  socket.write(frame);
  if (socket.writableLength <= maxHeldBytes) return "written";
  socket.destroy();
  return "kicked";
}
