import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { AgentConfig } from "./config.ts";
import { EMPTY_AGENDA } from "./core/air.ts";
import { NO_AMPLIFIER } from "./core/amplifier.ts";
import { earliestNow, isSigned, startTime, timeAt } from "./core/box-time.ts";
import { NO_CONTENT } from "./core/content-sync.ts";
import { NO_DEVICES } from "./core/devices.ts";
import { HEALTHY } from "./core/health.ts";
import { NOTHING_COUNTED } from "./core/month-use.ts";
import { SILENT } from "./core/playout.ts";
import { NO_LOOK } from "./core/readiness.ts";
import { saidOnAir } from "./core/said-on-air.ts";
import { NO_TEST } from "./core/self-test.ts";
import { NO_SEQUENCES } from "./core/sequences.ts";
import { NOT_SILENCED } from "./core/silence-key.ts";
import type { AgentState } from "./core/state.ts";
import { NO_LINK } from "./core/uplink.ts";
import { createDoor } from "./door.ts";
import { EffectRunner } from "./effect-runner.ts";
import { listen, trafficOf } from "./listen.ts";
import { Loop } from "./loop.ts";
import type { AgentPorts } from "./ports.ts";
import { readMemory } from "./read-memory.ts";

/** One running box. */
export interface Agent {
  /** What the setup page and the tests may look at. */
  glance(): Glance;
  /** Shows what it has now at the door: a new certificate. What sounds goes on. */
  comeAnew(): void;
  /** Somebody has looked whether the built-in words can be said. */
  wordsChecked(areWhole: boolean): void;
  /** Silence, amplifier off, good-bye to the broker. The ports are closed by whoever opened them. */
  stop(): void;
}

export interface Glance {
  readonly now: Instant;
  readonly revision: number;
  readonly linkPhase: AgentState["link"]["phase"];
  readonly onAir: OccurrenceId | null;
  readonly faults: readonly string[];
  readonly clockTrust: AgentState["time"]["trust"];
  /** Not only by a time server, whose answers anybody on the way can forge. */
  readonly isTimeSigned: boolean;
  /** Whatever the clock says, it is not earlier than this. */
  readonly earliest: Instant;
  /** Connects in a row that came to nothing. */
  readonly linkFailures: number;
  readonly undelivered: number;
}

/** The box's front door: opens the memory, starts the loop, and listens to every port. */
export function createAgent(ports: AgentPorts, config: AgentConfig): Agent {
  const state = openState(ports, config);
  const loop = new Loop(state, ports, new EffectRunner(ports, config));
  listen(ports, (event) => loop.post(event));
  const door = createDoor(ports, config, loop);
  ports.bus.onEvent((event) => door.onBus(event));
  loop.post({ kind: "started", present: ports.content.list() });
  door.offerRosters(config.rosters ?? []);
  return {
    glance: () => glanceAt(loop.state, ports),
    comeAnew: () => loop.post({ kind: "certificate-renewed" }),
    wordsChecked: (areWhole) => loop.post({ kind: "words-checked", areWhole }),
    stop() {
      loop.post(trafficOf(ports));
      loop.stop();
    },
  };
}

function openState(ports: AgentPorts, config: AgentConfig): AgentState {
  const newStream = ports.crypto.sha256Hex(ports.random.bytes(16)).slice(0, 16);
  const { memory, unread } = readMemory(ports.store.readAll(), newStream);
  if (unread.length > 0)
    ports.log.error("store.unread", { records: unread.slice(0, 5).join(" "), count: unread.length });
  const floor = memory.floor !== null && memory.floor > config.builtAt ? memory.floor : config.builtAt;
  return {
    setup: config,
    time: startTime(ports.clock.now(), ports.clock.monotonic(), floor),
    memory,
    agenda: EMPTY_AGENDA,
    playout: SILENT,
    devices: NO_DEVICES,
    amplifier: NO_AMPLIFIER,
    lastSilence: null,
    sequences: NO_SEQUENCES,
    selfTest: NO_TEST,
    readiness: NO_LOOK,
    content: NO_CONTENT,
    link: NO_LINK,
    silence: NOT_SILENCED,
    health: HEALTHY,
    counted: NOTHING_COUNTED,
    airLookAt: null,
  };
}

function glanceAt(state: AgentState, ports: AgentPorts): Glance {
  const now = timeAt(state.time, ports.clock.monotonic());
  return {
    now,
    revision: state.memory.plan?.revision ?? 0,
    linkPhase: state.link.phase,
    onAir: saidOnAir(state, now),
    faults: [...state.health.faults.keys()],
    clockTrust: state.time.trust,
    isTimeSigned: isSigned(state.time),
    earliest: earliestNow(state.time, ports.clock.monotonic()),
    linkFailures: state.link.failures,
    undelivered: state.memory.events.length,
  };
}
