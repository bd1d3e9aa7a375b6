import type { HeartFigures, Metrics } from "@loa/controller/metrics.ts";

/** Metrics that nobody reads. */
export function createQuietMetrics(): Metrics {
  return {
    requestServed: () => undefined,
    emergencySaid: () => undefined,
    emergencyHeard: () => undefined,
    render: async () => ({ contentType: "text/plain; version=0.0.4", text: "loa_boxes 2\n" }),
  };
}

/** Of a control room in which nothing has happened. */
export const quietFigures: HeartFigures = {
  boxes: { online: 0, suspect: 0, offline: 0, unknown: 0 },
  outboxPending: 0,
  emergenciesInForce: 0,
  planProblems: 0,
  messagesRefused: {},
  commandsRefused: {},
  writesWaiting: 0,
  samplesDropped: 0,
  broker: {
    connections: 0,
    messagesIn: 0,
    messagesOut: 0,
    refused: {} as never,
    slowReadersKicked: 0,
    retained: 0,
  },
};
