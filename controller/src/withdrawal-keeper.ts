import type { Clock, Random } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
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
  /** Once: what the last run could not bring. */
  start(): void;
}

export interface WithdrawalKeeperParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly work: Work;
  readonly commit: PressingCommit;
  readonly directory: Pick<BoxDirectory, "find" | "inService">;
  readonly publisher: Pick<Publisher, "add" | "drop">;
  readonly withdrawn: StandingKeeper["withdrawn"];
}

export function createWithdrawalKeeper(
  parts: WithdrawalKeeperParts,
  past: readonly PendingLocal[],
): WithdrawalKeeper {
  const { clock, random, publisher } = parts;
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
        body: () => ({ standings: parts.withdrawn() }),
      },
    ]);
  }

  function tell(boxes: readonly BoxId[]): void {
    if (boxes.length === 0 || parts.withdrawn().length === 0) return;
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
    changed: () => tell(parts.directory.inService().map(({ id }) => id)),
    enrolled: (box) => tell([box]),
    start() {
      if (parts.withdrawn().length === 0) return;
      for (const { command, box } of past) if (parts.directory.find(box) !== null) send(command, box);
    },
  };
}
