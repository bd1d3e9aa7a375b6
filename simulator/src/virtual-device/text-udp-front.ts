import { createSocket, type RemoteInfo } from "node:dgram";
import type { TextSpeaker } from "./text-speaker.ts";

/** The devices' end of a UDP port: each one who asks has its own speakers. */
export interface UdpFront {
  readonly port: number;
  close(): Promise<void>;
}

/** TP-NET knows one controller, a second one looks on; when one more comes, the oldest is forgotten. */
const MAX_PEERS = 4;

/** Rejects when it cannot listen; port 0 takes a free one. */
export function openUdpFront(
  { host, port }: { readonly host: string; readonly port: number },
  newSpeaker: (send: (bytes: Uint8Array) => void) => TextSpeaker,
): Promise<UdpFront> {
  const socket = createSocket("udp4");
  const peers = new Map<string, TextSpeaker>();

  const peerOf = (from: RemoteInfo): TextSpeaker => {
    const name = `${from.address}:${from.port}`;
    const known = peers.get(name);
    if (known !== undefined) return known;
    const [oldest] = peers;
    if (oldest !== undefined && peers.size >= MAX_PEERS) {
      oldest[1].close();
      peers.delete(oldest[0]);
    }
    const speaker = newSpeaker((bytes) => socket.send(bytes, from.port, from.address));
    peers.set(name, speaker);
    return speaker;
  };
  socket.on("message", (bytes, from) => peerOf(from).receive(bytes));

  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, host, () => {
      // The one who asked is gone: nobody hears the answer.
      socket.removeListener("error", reject).on("error", () => {});
      resolve({
        port: socket.address().port,
        close() {
          for (const speaker of peers.values()) speaker.close();
          return new Promise((closed) => socket.close(() => closed()));
        },
      });
    });
  });
}
