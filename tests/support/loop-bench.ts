import type { AgentConfig } from "@loa/edge-agent/config.ts";
import { EffectRunner } from "@loa/edge-agent/effect-runner.ts";
import { Loop } from "@loa/edge-agent/loop.ts";
import type { AgentPorts, PlayRequest, StoreChange, StoreFailure } from "@loa/edge-agent/ports.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { asInstant, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { NO_TRAFFIC } from "@loa/shared/wire/traffic.ts";
import { at, clipOf, initialState, manifestHash, planOf } from "./agent-bench.ts";
import { daily } from "./box-world.ts";
import { createLogBook } from "./log-book.ts";
import { createTestClock } from "./test-clock.ts";

export const news = clipOf("a", 5 * MINUTE_MS);

const nothing = () => undefined;
const bus = {
  connect: nothing,
  disconnect: nothing,
  publish: nothing,
  onEvent: nothing,
  traffic: () => NO_TRAFFIC,
};

/** The real loop over a store that fails when told, and a card that does what a test wants; everything else only listens. */
export function loopBench(
  change: Partial<Plan> = {},
  present: readonly Sha256[] = [manifestHash, news.sha256],
) {
  const clock = createTestClock(at("04:58:00"));
  const written = new Map<string, StoreChange>();
  const plays: PlayRequest[] = [];
  const disk: { failure: StoreFailure | null } = { failure: null };
  const card = { onPlay: (_: PlayRequest): void => {} };
  const ports: AgentPorts = {
    clock,
    random: { next: () => 0.5, bytes: (length) => new Uint8Array(length) },
    log: createLogBook(),
    crypto: nodeCrypto,
    store: {
      readAll: () => [],
      commit(changes) {
        if (disk.failure !== null) return fail(disk.failure);
        for (const change of changes) written.set(`${change.table}/${change.key}`, change);
        return ok(undefined);
      },
    },
    bus,
    sound: {
      play(request) {
        plays.push(request);
        card.onPlay(request);
      },
      pause: nothing,
      resume: nothing,
      stop: nothing,
      setVolume: nothing,
      onReport: nothing,
    },
    devices: { write: nothing, run: nothing, lookNow: nothing, pace: nothing, onReport: nothing },
    content: {
      list: () => [],
      fetch: nothing,
      verify: nothing,
      readText: () => null,
      remove: nothing,
      onReport: nothing,
      traffic: () => NO_TRAFFIC,
    },
    host: { onReport: nothing },
    alerts: { read: () => fail("alert-unreadable") },
    alarm: { set: nothing, onRing: nothing },
  };
  const state = initialState({}, at("04:58:00"));
  const { privateKey, publicKey } = newKeyPair();
  const config: AgentConfig = {
    ...state.setup,
    privateKey,
    issuers: new Map([["room", publicKey]]),
    builtAt: asInstant(0),
  };
  const memory = {
    ...state.memory,
    plan: planOf(1, [daily("sang", ["05:00:00"], [news])], change),
    ownsFrom: at("04:00:00"),
  };
  const loop = new Loop({ ...state, memory }, ports, new EffectRunner(ports, config));
  const host = () =>
    loop.post({ kind: "host", system: clock.now(), clock: "synced", clockErrorMs: 5, freeDiskBytes: 8e9 });
  loop.post({ kind: "started", present });
  host();
  return { loop, clock, disk, card, plays, written };
}
