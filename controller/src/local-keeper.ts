import type { Clock, Random } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
import type { SignedOrder } from "@loa/shared/trust/order.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { Publisher } from "./bus/publisher.ts";
import type { PressingCommit } from "./pressing-commit.ts";
import { insertOutbox } from "./store/outbox.ts";
import type { Work } from "./work.ts";

/** Brings each box the messages that it may start by itself, all of them at once. */
export interface LocalKeeper {
  /** They have changed: what is still on its way to the box is out of date. */
  changed(box: BoxId): void;
  /** Once: what the last run could not bring. */
  start(): void;
}

export interface LocalKeeperParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly work: Work;
  readonly commit: PressingCommit;
  readonly directory: Pick<BoxDirectory, "find">;
  readonly publisher: Pick<Publisher, "add" | "drop">;
  readonly ordersOf: (box: BoxId) => readonly SignedOrder[];
}

/** A row that no box has answered. */
export interface PendingLocal {
  readonly command: CommandId;
  readonly box: BoxId;
}

export function createLocalKeeper(parts: LocalKeeperParts, past: readonly PendingLocal[]): LocalKeeper {
  const { clock, random, publisher } = parts;
  const last = new Map<BoxId, CommandId>();

  function send({ command, box }: PendingLocal): void {
    const before = last.get(box);
    if (before !== undefined && before !== command) publisher.drop(before, [box]);
    last.set(box, command);
    const nextAt = clock.monotonic();
    publisher.add([
      {
        ...{ command, box, kind: "local", revision: null, expiresAt: null, attempts: 0, nextAt },
        // As they are when it is sent: an older list never comes after a newer one.
        body: () => ({ orders: parts.ordersOf(box) }),
      },
    ]);
  }

  return {
    changed(box) {
      if (parts.directory.find(box) === null) return;
      const at = clock.now();
      const command = newCommandId(at, random);
      const row = {
        ...{ commandId: command, boxId: box, kind: "local", body: "{}", areaId: null, createdAt: at },
        ...{
          expiresAt: null,
          attempts: 0,
          nextAt: at,
          state: "pending" as const,
          reason: null,
          doneAt: null,
        },
      };
      parts.work.run("local-emergencies", async () => {
        await parts.commit((tx) => insertOutbox(tx, [row]));
        send({ command, box });
      });
    },
    start() {
      for (const one of past) if (parts.directory.find(one.box) !== null) send(one);
    },
  };
}
