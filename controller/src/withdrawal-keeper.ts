import type { Clock, Random } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { Publisher } from "./bus/publisher.ts";
import type { PendingLocal } from "./local-keeper.ts";
import type { PressingCommit } from "./pressing-commit.ts";
import type { StandingKeeper } from "./standing-keeper.ts";
import { insertOutbox } from "./store/outbox.ts";
import type { Work } from "./work.ts";

/** Sees to it that every box holds which standing approvals were taken back: it believes nobody in between, also not us. */
export interface WithdrawalKeeper {
  /** One more was taken back. */
  changed(): void;
  /** A new box has heard of none. */
  enrolled(box: BoxId): void;
  /** Once: whom the last run could not tell, or did not come to tell. */
  start(): void;
}

export interface WithdrawalKeeperParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly work: Work;
  readonly commit: PressingCommit;
  readonly directory: Pick<BoxDirectory, "find" | "inService">;
  readonly publisher: Pick<Publisher, "add" | "drop">;
  readonly standings: Pick<StandingKeeper, "withdrawn" | "lastWithdrawnAt">;
}

/** What the last run has written down for boxes. */
export interface ToldWithdrawals {
  /** Rows that no box has answered. */
  readonly pending: readonly PendingLocal[];
  /** When each box was last to be told. */
  readonly toldAt: ReadonlyMap<BoxId, Instant>;
}

export function createWithdrawalKeeper(
  parts: WithdrawalKeeperParts,
  past: ToldWithdrawals,
): WithdrawalKeeper {
  const { clock, random, publisher, standings } = parts;
  const inService = () => parts.directory.inService().map(({ id }) => id);
  const last = new Map<BoxId, CommandId>();

  function send(command: CommandId, box: BoxId): void {
    const before = last.get(box);
    if (before !== undefined && before !== command) publisher.drop(before, [box]);
    last.set(box, command);
    const nextAt = clock.monotonic();
    publisher.add([
      {
        ...{ command, box, kind: "withdraw", revision: null, expiresAt: null, attempts: 0, nextAt },
        // As they are when it is sent.
        body: () => ({ standings: standings.withdrawn() }),
      },
    ]);
  }

  function tell(boxes: readonly BoxId[]): void {
    if (boxes.length === 0 || standings.withdrawn().length === 0) return;
    const at = clock.now();
    const command = newCommandId(at, random);
    const rows = boxes.map((boxId) => ({
      ...{ commandId: command, boxId, kind: "withdraw", body: "{}", areaId: null, createdAt: at },
      ...{ expiresAt: null, attempts: 0, nextAt: at, state: "pending" as const, reason: null, doneAt: null },
    }));
    parts.work.run("withdrawals", async () => {
      await parts.commit((tx) => insertOutbox(tx, rows));
      for (const box of boxes) send(command, box);
    });
  }

  return {
    changed: () => tell(inService()),
    enrolled: (box) => tell([box]),
    start() {
      const lastAt = standings.lastWithdrawnAt();
      if (lastAt === null) return;
      const isLate = (box: BoxId) => (past.toldAt.get(box) ?? Number.NEGATIVE_INFINITY) < lastAt;
      for (const { command, box } of past.pending)
        if (parts.directory.find(box) !== null && !isLate(box)) send(command, box);
      // A crash may have come between the withdrawal, or a new box, and the rows.
      tell(inService().filter(isLate));
    },
  };
}
