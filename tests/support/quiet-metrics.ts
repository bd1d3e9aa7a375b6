import type { Metrics } from "@loa/controller/metrics.ts";

/** Metrics that nobody reads. */
export function createQuietMetrics(): Metrics {
  return {
    requestServed: () => undefined,
    emergencySaid: () => undefined,
    emergencyHeard: () => undefined,
    render: async () => ({ contentType: "text/plain; version=0.0.4", text: "loa_boxes 2\n" }),
  };
}
