import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Metrics, MetricsNow } from "../metrics.ts";

/** Seconds. The page wants lists of 10,000 boxes in well under one. */
const DURATION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The process's own figures (memory, event-loop lag, garbage collection) come with it. */
export function prometheusMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "loa_http_request_duration_seconds",
    help: "Time to answer a request of the API.",
    labelNames: ["method", "route", "status"],
    buckets: DURATION_BUCKETS_S,
    registers,
  });
  const boxes = new Gauge({
    name: "loa_boxes",
    help: "Enrolled boxes by presence.",
    labelNames: ["presence"],
    registers,
  });
  const outbox = new Gauge({
    name: "loa_outbox_pending",
    help: "Commands that no box has answered yet.",
    registers,
  });
  const emergencies = emergencyMetrics(registers);
  const planProblems = new Gauge({
    name: "loa_plan_problems",
    help: "Boxes whose plan cannot be made, or that have refused it.",
    registers,
  });
  const writes = new Gauge({
    name: "loa_store_writes_waiting",
    help: "Writes that the store has not taken yet; it grows while the disk is full.",
    registers,
  });
  const refused = refusedMetrics(registers);
  const samples = new Counter({
    name: "loa_samples_dropped_total",
    help: "Samples given up because the store did not follow.",
    registers,
  });
  const expiring = new Gauge({
    name: "loa_expiring",
    help: "Certificates and keys whose end somebody has to see to.",
    registers,
  });
  const pages = new Gauge({ name: "loa_live_pages", help: "Open live pages.", registers });
  const broker = brokerMetrics(registers);

  return {
    requestServed(method, route, status, tookMs) {
      requests.observe({ method, route, status: String(status) }, tookMs / 1_000);
    },
    emergencySaid: (severity, tookMs) => emergencies.said.observe({ severity }, tookMs / 1_000),
    emergencyHeard: (severity, afterMs) => emergencies.heard.observe({ severity }, afterMs / 1_000),
    async render(now) {
      for (const [presence, count] of Object.entries(now.boxes)) boxes.set({ presence }, count);
      outbox.set(now.outboxPending);
      emergencies.inForce.set(now.emergenciesInForce);
      planProblems.set(now.planProblems);
      writes.set(now.writesWaiting);
      pages.set(now.livePages);
      expiring.set(now.expiring);
      // The controller counts by itself; a counter that is reset and raised again shows its figure of the moment.
      refused(now);
      samples.reset();
      samples.inc(now.samplesDropped);
      broker(now.broker);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function refusedMetrics(registers: Registry[]): (now: MetricsNow) => void {
  const messages = byReason(
    registers,
    "loa_messages_refused_total",
    "What boxes said and was not believed, by reason.",
  );
  const commands = byReason(
    registers,
    "loa_commands_refused_total",
    "What boxes refused of what came to them in our name, by reason.",
  );
  const requests = byReason(
    registers,
    "loa_requests_refused_total",
    "What was refused at the pages and the API, by reason.",
  );
  return ({ messagesRefused, commandsRefused, requestsRefused }) => {
    messages(messagesRefused);
    commands(commandsRefused);
    requests(requestsRefused);
  };
}

/** A counter whose figures of the moment somebody else has counted. */
function byReason(
  registers: Registry[],
  name: string,
  help: string,
): (counts: MetricsNow["requestsRefused"]) => void {
  const counter = new Counter({ name, help, labelNames: ["reason"], registers });
  return (counts) => {
    counter.reset();
    for (const [reason, count] of Object.entries(counts)) counter.inc({ reason }, count);
  };
}

/** Seconds. The promise is 2 s from the word to the first sound on a good link, 8 s on a poor one. */
const SOUND_BUCKETS_S = [0.25, 0.5, 1, 2, 3, 5, 8, 12, 30, 60, 300, 3_600];

function emergencyMetrics(registers: Registry[]) {
  return {
    inForce: new Gauge({
      name: "loa_emergencies_in_force",
      help: "Emergencies and exercises now.",
      registers,
    }),
    said: new Histogram({
      name: "loa_emergency_said_seconds",
      help: "From the order to the message on the topics of all its areas.",
      labelNames: ["severity"],
      buckets: DURATION_BUCKETS_S,
      registers,
    }),
    heard: new Histogram({
      name: "loa_emergency_heard_seconds",
      help: "From the raising to a box that says it sounds there, for each box.",
      labelNames: ["severity"],
      buckets: SOUND_BUCKETS_S,
      registers,
    }),
  };
}

function brokerMetrics(registers: Registry[]): (stats: MetricsNow["broker"]) => void {
  const connections = new Gauge({
    name: "loa_broker_connections",
    help: "Live connections of boxes.",
    registers,
  });
  const retained = new Gauge({ name: "loa_broker_retained", help: "Retained messages.", registers });
  const messages = new Counter({
    name: "loa_broker_messages_total",
    help: "Messages in, and copies out to sockets.",
    labelNames: ["direction"],
    registers,
  });
  const refused = byReason(registers, "loa_broker_refused_total", "What the broker refused, by reason.");
  const kicked = new Counter({
    name: "loa_broker_slow_readers_kicked_total",
    help: "Connections ended because they did not read.",
    registers,
  });
  return (stats) => {
    if (stats.connections !== null) connections.set(stats.connections);
    retained.set(stats.retained);
    for (const counter of [messages, kicked]) counter.reset();
    messages.inc({ direction: "in" }, stats.messagesIn);
    messages.inc({ direction: "out" }, stats.messagesOut);
    refused(stats.refused);
    kicked.inc(stats.slowReadersKicked);
  };
}
