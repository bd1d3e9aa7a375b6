import type { RelaySource } from "@loa/shared/broadcast/relay.ts";

/**
 * Everything that the sound of a stream may come from, for whoever answers for it. The address stands as a box reads it:
 * letters that only look like others, or turn a line round, are seen as what they are.
 */
export function stationAddress({
  url,
  hosts,
}: Pick<Extract<RelaySource, { kind: "stream" }>, "url" | "hosts">): string {
  return [new URL(url).href, ...hosts].join(" · ");
}
