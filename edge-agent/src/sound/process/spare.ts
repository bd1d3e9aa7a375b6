import type { Log, Timers } from "@loa/shared/kernel/ambient.ts";
import type { EngineChild, EngineLoss } from "./engine-child.ts";
import type { EngineOrder } from "./messages.ts";

/** An engine that is loaded and waits. */
export interface Spare {
  /** Hands over the spare, at once when there is one; else the next that is ready. Only one may ask at a time. */
  whenReady(take: (child: EngineChild) => void): void;
  /** From now on there is to be one, in a while: just after a take-over the machine has other work. */
  keepOne(): void;
  /** What it may have to go on with: it keeps decoders of that ready. */
  follow(orders: readonly EngineOrder[]): void;
  close(): Promise<void>;
}

export interface SpareOptions {
  readonly start: () => EngineChild;
  readonly timers: Timers;
  readonly log: Log;
}

const START_AFTER_MS = 300;
/** Loading takes 0.3 s; a Pi with a busy card takes several times that. */
const READY_WITHIN_MS = 15_000;
/** One that cannot even be loaded is not tried in a tight loop. */
const AGAIN_AFTER_MS = 1_000;

export function createSpare({ start, timers, log }: SpareOptions): Spare {
  let child: EngineChild | null = null;
  let isReady = false;
  let taker: ((child: EngineChild) => void) | null = null;
  let isClosed = false;
  let followed: readonly EngineOrder[] = [];
  let cancel = () => {};

  function begin(): void {
    cancel();
    if (isClosed || child !== null) return;
    const started = start();
    child = started;
    isReady = false;
    started.onMessage((message) => {
      if (message?.kind === "log") log[message.level](message.event, message.fields);
      if (child !== started || message?.kind !== "ready") return;
      cancel();
      isReady = true;
      log.info("engine.ready", { pid: started.pid, ...message.privileges });
      give();
    });
    started.onLost((why) => lose(started, why));
    cancel = timers.after(READY_WITHIN_MS, () => {
      started.kill();
      lose(started, "slow-start");
    });
  }

  function lose(lost: EngineChild, why: EngineLoss): void {
    if (child !== lost) return;
    child = null;
    isReady = false;
    log.error("engine.spare-lost", { pid: lost.pid, why });
    cancel();
    cancel = timers.after(AGAIN_AFTER_MS, begin);
  }

  function shadow(): void {
    if (isReady) child?.send({ kind: "shadow", orders: [...followed] });
  }

  function give(): void {
    if (child === null || !isReady) return;
    if (taker === null) {
      if (followed.length > 0) shadow();
      return;
    }
    const [given, take] = [child, taker];
    child = null;
    isReady = false;
    taker = null;
    take(given);
  }

  return {
    whenReady(take) {
      taker = take;
      if (child === null) begin();
      else give();
    },
    keepOne() {
      if (isClosed || child !== null) return;
      cancel();
      cancel = timers.after(START_AFTER_MS, begin);
    },
    follow(orders) {
      followed = orders;
      shadow();
    },
    async close() {
      isClosed = true;
      cancel();
      child?.kill();
      await child?.gone;
    },
  };
}
