import type { IncomingMessage, ServerResponse } from "node:http";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import type { LiveBox } from "./live-box.ts";

/** A listener who takes his bytes slower than this much of them is cut off: 2 s of sound. */
const MAX_HELD_BYTES = 192_000;

/**
 * `/live/{box}`: raw 16-bit mono PCM at 48 kHz from now on, without end. `/last/{box}`: what was heard in the last
 * minute, with the time of its first sample in `x-first-sample-at` (wall, ms).
 */
export function serveSound(
  boxes: ReadonlyMap<BoxId, LiveBox>,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const match = /^\/(live|last)\/([^/]+)$/.exec(request.url ?? "");
  const box = boxId.safeParse(match?.[2]);
  const sink = box.success ? boxes.get(box.data)?.sink() : undefined;
  if (request.headers.authorization !== `Bearer ${token}`) response.writeHead(401).end();
  else if (sink === undefined || sink === null) response.writeHead(404).end();
  else if (match?.[1] === "last") {
    const blocks = sink.recent();
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "x-first-sample-at": String(blocks[0]?.at ?? 0),
    });
    response.end(Buffer.concat(blocks.map((block) => bytesOf(block.samples))));
  } else {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    const stop = sink.onBlock(({ samples }) => {
      if (response.writableLength > MAX_HELD_BYTES) response.destroy();
      else response.write(Buffer.from(bytesOf(samples)));
    });
    response.on("close", stop);
  }
}

/** Every machine that runs this is little-endian, as WAV wants it. */
function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
