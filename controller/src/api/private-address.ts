import { BlockList, isIP } from "node:net";

/** Addresses that mean a machine on the box's or the province's own network (RFC 1918, 3927, 4193, 6598 and loopback). */
const inside = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  inside.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  inside.addSubnet(net, bits, "ipv6");
}

/** Whether a host, as it stands in an address, is inside by its own text. What a name leads to, the box looks at. */
export function isPrivateHost(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, "");
  const version = isIP(bare);
  if (version === 0) return bare === "localhost" || /\.(localhost|local|internal|lan)$/.test(bare);
  return inside.check(bare, version === 4 ? "ipv4" : "ipv6");
}
