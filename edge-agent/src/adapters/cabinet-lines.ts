import type { Profile } from "@loa/shared/device/profile.ts";
import type { ByteLink } from "../devices/byte-link.ts";
import { createSerialLink } from "./serial-link.ts";
import { createTcpLink } from "./tcp-link.ts";
import { createUdpLink } from "./udp-link.ts";

/**
 * The link behind an address of the site: `serial:PATH`, `tcp://HOST:PORT` or `udp://HOST:PORT`. Speed and parity are
 * those of the first profile on the line; a line has one of each.
 */
export function linkOfLine(line: string, transport: Profile["transport"]): ByteLink {
  if (line.startsWith("serial:")) {
    if (!("baud" in transport)) throw new Error(`${line}: ${transport.kind} is not spoken on a serial line`);
    const { baud, parity, stopBits } = transport;
    return createSerialLink({ path: line.slice("serial:".length), baud, parity, stopBits });
  }
  const { protocol, hostname: host, port } = new URL(line);
  if (protocol === "udp:") return createUdpLink({ host, port: Number(port) });
  return createTcpLink({ host, port: Number(port) });
}
