import { atMost, type BenchRow } from "./bench-row.ts";
import { goAhead } from "./go-ahead.ts";
import { quantileOf } from "./quantiles.ts";
import { openTrustFleet } from "./trust-fleet.ts";
import { neverRow, rounds } from "./trust-rounds.ts";

const BOXES = 12;
const EMERGENCIES = 42;
const SOUNDS_WITHIN_MS = 5_000;

/** Live boxes on the loopback: from the last press to the first sample of the siren, and from STOP to the last one. */
export async function bench(): Promise<BenchRow[]> {
  goAhead();
  const fleet = await openTrustFleet({ boxes: BOXES, mqttPortFor: async (brokerPort) => brokerPort });
  try {
    const limits = { soundsWithinMs: SOUNDS_WITHIN_MS, silentWithinMs: SOUNDS_WITHIN_MS };
    const measured = await rounds(fleet, { rounds: EMERGENCIES, ...limits });
    const { toSound, toSilence } = measured;
    const what = `${BOXES} live boxes, ${EMERGENCIES} emergencies`;
    return [
      atMost(`${what}: approval to first siren sample, p50`, quantileOf(toSound, 0.5), "ms", 500),
      atMost(`${what}: approval to first siren sample, p99`, quantileOf(toSound, 0.99), "ms", 500),
      atMost(`${what}: STOP to last sample, p95`, quantileOf(toSilence, 0.95), "ms", 3_000),
      neverRow(what, measured),
    ];
  } finally {
    await fleet.close();
  }
}
