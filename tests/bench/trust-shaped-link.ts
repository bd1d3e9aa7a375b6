import { canLayLossyLink, type LossyLink, layLossyLink } from "../support/lossy-link.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { goAhead } from "./go-ahead.ts";
import { quantileOf } from "./quantiles.ts";
import { openTrustFleet } from "./trust-fleet.ts";
import { neverRow, rounds } from "./trust-rounds.ts";

const BOXES = 12;
const EMERGENCIES = 50;
const LINK = { latencyMs: 300, jitterMs: 50, loss: 0.05 } as const;
const NEVER_MS = 30_000;

/** The same over a mobile network on a bad day: 300 ± 50 ms and one packet in twenty lost, each way. */
export async function bench(): Promise<BenchRow[]> {
  const what = `bad line, ${EMERGENCIES} emergencies at ${BOXES} boxes`;
  if (!canLayLossyLink()) {
    process.stderr.write("the bad line needs root, /dev/net/tun and /usr/bin/python3: not measured\n");
    return [atMost(`${what}: approval to first sample, p95`, Number.POSITIVE_INFINITY, "ms", 8_000)];
  }
  goAhead();
  const links: LossyLink[] = [];
  const fleet = await openTrustFleet({
    boxes: BOXES,
    async mqttPortFor(brokerPort) {
      const link = await layLossyLink(brokerPort, LINK);
      links.push(link);
      return link.port;
    },
  });
  try {
    const limits = { soundsWithinMs: NEVER_MS, silentWithinMs: NEVER_MS };
    const measured = await rounds(fleet, { rounds: EMERGENCIES, ...limits });
    const { toSound, toSilence } = measured;
    return [
      atMost(`${what}: approval to first sample, p50`, quantileOf(toSound, 0.5), "ms", 8_000),
      atMost(`${what}: approval to first sample, p95`, quantileOf(toSound, 0.95), "ms", 8_000),
      atMost(`${what}: approval to first sample, p99`, quantileOf(toSound, 0.99), "ms", 12_000),
      atMost(`${what}: STOP to last sample, p95`, quantileOf(toSilence, 0.95), "ms", 3_000),
      neverRow(what, measured),
    ];
  } finally {
    await fleet.close();
    for (const link of links) await link.close();
  }
}
