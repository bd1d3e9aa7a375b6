import type { Socket } from "node:net";
import { createFrameWalk } from "@loa/shared/wire/frame-walk.ts";
import type { BrokerLimits } from "./broker-limits.ts";

/** Stands between a socket and the parser of Aedes, which has no limit of its own. */
export interface ByteCap {
  /** CONNECT was accepted: from now on frames may have their full size. */
  lift(): void;
}

export type CapFault = "connect-too-big" | "frame-too-big" | "bad-frame";

/** Takes over `socket.read`, the one place where Aedes gets bytes from; a Duplex in between would double the work. */
export function capBytes(
  socket: Socket,
  limits: BrokerLimits,
  maxQos: 1 | 2,
  onFault: (fault: CapFault) => void,
): ByteCap {
  const walk = createFrameWalk(maxQos === 1 ? isForUs : isForUsWithQos2);
  const read = socket.read.bind(socket);
  let isLifted = false;
  let connectBytes = 0;

  function judge(chunk: Buffer): CapFault | null {
    if (!isLifted) connectBytes += chunk.length;
    const fault = walk.look(chunk, isLifted ? limits.frameBytes : limits.connectBytes);
    if (fault === "too-big" || connectBytes > limits.connectBytes) {
      return isLifted ? "frame-too-big" : "connect-too-big";
    }
    return fault === null ? null : "bad-frame";
  }

  socket.read = (size?: number): Buffer | null => {
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const fault = judge(chunk);
    if (fault === null) return chunk;
    onFault(fault);
    socket.destroy();
    return null;
  };
  return {
    lift() {
      isLifted = true;
      connectBytes = 0;
    },
  };
}

/** MQTT 3.1.1, table 2.1. The others are the server's, or belong to QoS 2. */
const typesForUs: ReadonlySet<number> = new Set([1, 3, 4, 8, 10, 12, 14]);
const typesOfQos2: ReadonlySet<number> = new Set([5, 6, 7]);

function isForUs(firstByte: number): boolean {
  const type = firstByte >> 4;
  const isAboveQos1 = type === 3 && (firstByte & 0b0100) !== 0;
  return typesForUs.has(type) && !isAboveQos1;
}

function isForUsWithQos2(firstByte: number): boolean {
  const type = firstByte >> 4;
  return typesForUs.has(type) || typesOfQos2.has(type);
}
