import { BlockList, isIPv4 } from "node:net";

/** `never`: nobody's stream lies there. `inside`: some network's own addresses, ours or the provider's. */
export type AddressRange = "public" | "inside" | "never";

/** IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates). */
const INSIDE_V4: readonly (readonly [string, number])[] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
];
const NEVER_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["224.0.0.0", 3],
];
/** 6to4, Teredo, benchmarking and documentation carry other addresses, or none, inside 2000::/3. */
const INSIDE_V6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const insideV4 = blockListOf(INSIDE_V4, "ipv4");
const neverV4 = blockListOf(NEVER_V4, "ipv4");
const insideV6 = blockListOf(INSIDE_V6, "ipv6");
/** The only part of IPv6 that is handed out (RFC 4291, section 2.4). */
const publicV6 = blockListOf([["2000::", 3]], "ipv6");
const neverV6 = blockListOf(
  [
    ["::", 128],
    ["ff00::", 8],
  ],
  "ipv6",
);
/** `::ffff:a.b.c.d` is the IPv4 address (RFC 4291, section 2.5.5.2). */
const mappedV4 = blockListOf([["::ffff:0:0", 96]], "ipv6");

/** Where an IP address lies that the resolver gave us. Node's lists look through IPv4-mapped addresses. */
export function rangeOf(address: string): AddressRange {
  if (isIPv4(address)) {
    if (neverV4.check(address, "ipv4")) return "never";
    return insideV4.check(address, "ipv4") ? "inside" : "public";
  }
  if (mappedV4.check(address, "ipv6")) {
    if (neverV4.check(address, "ipv6")) return "never";
    return insideV4.check(address, "ipv6") ? "inside" : "public";
  }
  if (neverV6.check(address, "ipv6")) return "never";
  return publicV6.check(address, "ipv6") && !insideV6.check(address, "ipv6") ? "public" : "inside";
}

function blockListOf(ranges: readonly (readonly [string, number])[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family);
  return list;
}
