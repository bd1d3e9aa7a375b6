import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, toLocal } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { demoRules, PROVINCE_ID } from "../province-plan.ts";
import { liveOn, standingRelay, standingSchedules } from "./daily-life.ts";
import { drawFaults, type WorldFault } from "./faults.ts";
import { injectFaults } from "./inject.ts";
import { type Violation, violationsOf } from "./invariants.ts";
import { createNewsroom } from "./newsroom.ts";
import { observe } from "./observer.ts";
import { A_MONDAY, boxesIn, createVirtualWorld, OPERATORS, type VirtualWorld } from "./virtual-world.ts";

export interface SimulationOptions {
  readonly seed: string;
  readonly days: number;
  readonly boxes: number;
  readonly beginsAt?: Instant;
  /** Instead of those that the seed draws. */
  readonly faults?: readonly WorldFault[];
  /** Told before the first event runs. */
  readonly onDrawn?: (faults: readonly WorldFault[]) => void;
}

export interface SimulationResult {
  readonly seed: string;
  readonly faults: readonly WorldFault[];
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  /** The last lines of the trace. */
  readonly tail: readonly string[];
  readonly counts: {
    readonly events: number;
    readonly messages: number;
    readonly sounds: number;
    readonly receipts: number;
    readonly orders: number;
    readonly stops: number;
    readonly emergencies: number;
  };
}

/** The last hours are without faults: what must be true in the end has time to become true. */
const CALM_MS = 6 * HOUR_MS;
/** At midnight plans change, and what has just changed is not yet everywhere. */
const BEFORE_MIDNIGHT_MS = HOUR_MS;
/** Nothing goes wrong before everybody has enrolled and has the first plan. */
const FIRST_FAULT_MS = HOUR_MS;

/** Days of a province in seconds. The same seed and the same code give the same trace. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, days, boxes } = options;
  const world = await createVirtualWorld({ seed, boxes, beginsAt: options.beginsAt ?? A_MONDAY });
  const endsAt = days * DAY_MS - BEFORE_MIDNIGHT_MS;
  const draw = {
    boxes: world.boxes.map(({ machine }) => machine.id),
    from: FIRST_FAULT_MS,
    to: endsAt - CALM_MS,
  };
  const faults = options.faults ?? drawFaults(world.random.stream("faults"), draw);
  options.onDrawn?.(faults);
  const observer = observe(world);
  const newsroom = createNewsroom(world);
  await world.drive(world.operator.do("PUT", `/api/v1/areas/${PROVINCE_ID}/rules`, z.unknown(), demoRules));
  for (const draft of standingSchedules(toLocal(world.time.instant()).date)) {
    if (boxesIn(world, draft.area).length > 0) await world.drive(newsroom.order(draft));
  }
  await world.drive(newsroom.setFiller(3 * MINUTE_MS));
  await world.drive(newsroom.orderRelay(standingRelay(toLocal(world.time.instant()).date)));
  liveOn(world, newsroom, world.random.stream("daily-life"), days - CALM_MS / DAY_MS - 0.75);
  injectFaults(targetsIn(world), faults);
  await world.time.runUntil(endsAt);
  await world.drive(world.operator.signIn(OPERATORS[0].name, OPERATORS[0].password));
  const history = await world.drive(observer.history(newsroom, faults, demoRules.quietHours));
  return {
    seed,
    faults,
    violations: violationsOf(history),
    traceHash: world.trace.hash(),
    tail: world.trace.tail(),
    counts: {
      events: world.time.events(),
      messages: observer.messages,
      sounds: history.sounds.length,
      receipts: history.receipts.length,
      orders: newsroom.orders.length,
      stops: newsroom.stops.length,
      emergencies: newsroom.emergencies.length,
    },
  };
}

function targetsIn(world: VirtualWorld): Parameters<typeof injectFaults>[0] {
  const { time, trace, network, controller } = world;
  const byId = new Map(world.boxes.map(({ machine }) => [machine.id, machine]));
  return {
    time,
    trace,
    network,
    controller,
    boxOf({ box }) {
      const machine = byId.get(box);
      if (machine === undefined) throw new Error(`no box ${box}`);
      return machine;
    },
  };
}
