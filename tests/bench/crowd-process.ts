import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Heard } from "../support/heard.ts";
import type { CrowdAnswer, CrowdOrder } from "./crowd.ts";

/** A program of ours in its own process, told what to do. */
export interface Told<Order, Answer> {
  /** Gives an order and waits for the answer to it. */
  tell(order: Order): Promise<Answer>;
  /** The instant (ns of `process.hrtime`) at which what it was told to await had come everywhere. */
  arrivedNs(): Promise<bigint>;
  stop(): Promise<void>;
}

/** A crowd of clients in its own process. */
export type Crowd = Told<CrowdOrder, CrowdAnswer>;

export function startCrowd(): Crowd {
  return startTold("crowd.ts");
}

/** `script` lies beside this file; `arrived` is what it says unasked. */
export function startTold<
  Order extends object,
  Answer extends { readonly kind: string; readonly atNs?: string },
>(script: string): Told<Order, Answer> {
  const child = fork(join(import.meta.dirname, script));
  const answers = new Heard<Answer>();
  child.on("message", (answer: Answer) => answers.add(answer));
  let arrivals = 0;
  return {
    async tell(order) {
      const isAnswer = (answer: Answer) => answer.kind !== "arrived";
      const before = answers.items.filter(isAnswer).length;
      child.send(order);
      return await answers.first(isAnswer, before + 1);
    },
    async arrivedNs() {
      arrivals += 1;
      const { atNs } = await answers.first((one) => one.kind === "arrived", arrivals);
      return BigInt(atNs ?? 0);
    },
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      child.kill();
      await exited;
    },
  };
}
