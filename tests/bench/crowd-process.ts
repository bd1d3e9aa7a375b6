import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Heard } from "../support/heard.ts";
import type { CrowdAnswer, CrowdOrder } from "./crowd.ts";

/** A crowd of clients in its own process. */
export interface Crowd {
  /** Gives an order and waits for the answer to it. */
  tell(order: CrowdOrder): Promise<CrowdAnswer>;
  /** The instant (ns of `process.hrtime`) at which the bytes of the last `await-bytes` had come everywhere. */
  arrivedNs(): Promise<bigint>;
  stop(): Promise<void>;
}

export function startCrowd(): Crowd {
  const child = fork(join(import.meta.dirname, "crowd.ts"));
  const answers = new Heard<CrowdAnswer>();
  child.on("message", (answer: CrowdAnswer) => answers.add(answer));
  let arrivals = 0;
  return {
    async tell(order) {
      const isAnswer = (answer: CrowdAnswer) => answer.kind !== "arrived";
      const before = answers.items.filter(isAnswer).length;
      child.send(order);
      return await answers.first(isAnswer, before + 1);
    },
    async arrivedNs() {
      arrivals += 1;
      const answer = await answers.first((one) => one.kind === "arrived", arrivals);
      return answer.kind === "arrived" ? BigInt(answer.atNs) : 0n;
    },
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      child.kill();
      await exited;
    },
  };
}
