import { createServer } from "node:http";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { loadNotices } from "@loa/edge-agent/sound/notice.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { type LiveBox, openLiveBox } from "./live-box.ts";
import { type HostOrder, type HostReady, hostOrder } from "./live-box-spec.ts";
import { serveSound } from "./serve-sound.ts";
import { createStderrLog } from "./stderr-log.ts";

/**
 * A process that runs some boxes. It lives as long as the process that started it: when that one dies, the channel
 * between them closes, and everything here ends.
 */
const boxes = new Map<BoxId, LiveBox>();
const CLOSE_LIMIT_MS = 3_000;
let isClosing = false;

process.on("message", (message) => {
  const order = hostOrder.parse(message);
  obey(order).catch((error: unknown) => {
    process.stderr.write(`box host: ${error instanceof Error ? error.stack : String(error)}\n`);
    if (order.kind === "open") process.exit(1);
  });
});
process.on("disconnect", () => void close());
// The terminal's Ctrl-C reaches us too; the province tells us when.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => void close());

async function obey(order: HostOrder): Promise<void> {
  switch (order.kind) {
    case "open":
      return open(order);
    case "fault":
      boxes.get(order.box)?.setFaults(order.faults);
      return;
    case "network":
      boxes.get(order.box)?.setNetwork(order.isUp);
      return;
    case "power":
      await boxes.get(order.box)?.setPower(order.isOn);
      return;
    case "close":
      return close();
  }
}

async function open(order: HostOrder & { kind: "open" }): Promise<void> {
  const profile = loadProfile(order.profilePath);
  if (!profile.ok) throw new Error(profile.error.join("\n"));
  const log = createStderrLog("box", order.logLevel);
  const { ffmpegPath } = order;
  const around = { profile: profile.value, ffmpegPath, notices: loadNotices({ ffmpegPath, log }), log };
  const opened = await Promise.all(order.boxes.map((spec) => openLiveBox(spec, around)));
  for (const box of opened) boxes.set(box.id, box);
  const token = Buffer.from(nodeRandom.bytes(16)).toString("hex");
  const server = createServer((request, response) => serveSound(boxes, token, request, response));
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    tell({ kind: "ready", port: address.port, token, boxes: [...boxes.keys()] });
  });
}

function tell(message: HostReady): void {
  process.send?.(message);
}

async function close(): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
  await Promise.all([...boxes.values()].map((box) => box.close()));
  process.exit(0);
}
