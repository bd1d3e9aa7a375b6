import type { Clock, Crypto, Timers } from "@loa/shared/kernel/ambient.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { ControllerConfig } from "../config.ts";
import type { AuditKeeper } from "../ports.ts";
import { lastLink } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import type { Work } from "../work.ts";
import { signHead } from "./chain.ts";

/** What was done in these last minutes could be unmade by whoever takes the machine; everything older not. */
const EVERY_MS = 5 * MINUTE_MS;

/** Hands the signed end of the audit to its keeper whenever rows were added. Answers how to end it. */
export function keepAuditHeads(parts: {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly crypto: Crypto;
  readonly config: Pick<ControllerConfig, "privateKey">;
  readonly keeper: AuditKeeper;
  readonly db: Database;
  readonly work: Work;
}): () => void {
  const { clock, timers, crypto, config, keeper, db, work } = parts;
  let keptUpTo = 0;
  let isClosed = false;
  let cancel = timers.after(EVERY_MS, round);

  function round(): void {
    work.run("audit-head", async () => {
      const last = await lastLink(db);
      if (last === null || last.id === keptUpTo) return;
      await keeper.keep(signHead({ v: 1, ...last, at: clock.now() }, config.privateKey, crypto));
      keptUpTo = last.id;
    });
    if (!isClosed) cancel = timers.after(EVERY_MS, round);
  }

  return () => {
    isClosed = true;
    cancel();
  };
}
