import type { Log, Timers } from "@loa/shared/kernel/ambient.ts";

/** Everything asynchronous that the controller does by itself, so that a test can wait until nothing is under way. */
export interface Work {
  /** A failure is logged: whoever starts a job cannot do better. */
  run(name: string, job: () => Promise<void>): void;
  track<Value>(promise: Promise<Value>): Promise<Value>;
  /** Inside long jobs: lets sockets and timers go first. While it waits, the job does not count as under way. */
  breathe(): Promise<void>;
  /** Nothing to wait for when nothing is under way. */
  settled(): void | Promise<void>;
  /** From now on nothing waits for timers any more. */
  hurry(): void;
}

export function createWork(timers: Timers, log: Log): Work {
  let underWay = 0;
  let isHurrying = false;
  const waiting: (() => void)[] = [];
  const breathing = new Set<() => void>();

  function end(): void {
    underWay -= 1;
    if (underWay > 0) return;
    for (const resolve of waiting.splice(0)) resolve();
  }

  async function track<Value>(promise: Promise<Value>): Promise<Value> {
    underWay += 1;
    try {
      return await promise;
    } finally {
      end();
    }
  }

  return {
    track,
    run(name, job) {
      track(job()).catch((error: unknown) => {
        log.error("work.failed", {
          job: name,
          error: error instanceof Error ? (error.stack ?? error.message) : `${error}`,
        });
      });
    },
    async breathe() {
      if (isHurrying) return;
      await new Promise<void>((resolve) => {
        const cancel = timers.after(0, () => {
          breathing.delete(wake);
          underWay += 1;
          resolve();
        });
        const wake = () => {
          cancel();
          underWay += 1;
          resolve();
        };
        breathing.add(wake);
        end();
      });
    },
    settled() {
      if (underWay === 0) return;
      return new Promise((resolve) => void waiting.push(resolve));
    },
    hurry() {
      isHurrying = true;
      for (const wake of breathing) wake();
      breathing.clear();
    },
  };
}
