import type { BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
import type { Instant, MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { CommandKind } from "../domain/resend.ts";

/** A pending row of the outbox, as the publisher holds it. */
export interface PendingCommand {
  /** Id of the envelopes: the same at every sending, and for every box of an area. */
  readonly command: CommandId;
  readonly box: BoxId;
  readonly kind: CommandKind;
  /** Of the envelope; made when it is sent, since 10,000 plans need not lie in memory. */
  readonly body: () => unknown;
  /** Revision, for plans. */
  readonly revision: number | null;
  readonly expiresAt: Instant | null;
  attempts: number;
  /** Monotonic, so that a stepped clock neither stops nor floods. */
  nextAt: MonotonicMs;
}

/** Pending rows by box and command. At most one plan a box: the newer one takes the place of the older. */
export interface PendingCommands {
  /** Answers the plan that it replaces, if any. */
  add(command: PendingCommand): PendingCommand | null;
  find(box: BoxId, command: CommandId): PendingCommand | null;
  planOf(box: BoxId): PendingCommand | null;
  of(box: BoxId): readonly PendingCommand[];
  remove(command: PendingCommand): void;
  all(): Iterable<PendingCommand>;
  readonly size: number;
}

export function createPendingCommands(): PendingCommands {
  const all = new Set<PendingCommand>();
  const byBox = new Map<BoxId, Map<CommandId, PendingCommand>>();
  const of = (box: BoxId): readonly PendingCommand[] => [...(byBox.get(box)?.values() ?? [])];
  const planOf = (box: BoxId) => of(box).find((one) => one.kind === "plan") ?? null;

  function remove(command: PendingCommand): void {
    all.delete(command);
    const ofBox = byBox.get(command.box);
    ofBox?.delete(command.command);
    if (ofBox?.size === 0) byBox.delete(command.box);
  }

  return {
    add(command) {
      const replaced = command.kind === "plan" ? planOf(command.box) : null;
      if (replaced !== null) remove(replaced);
      all.add(command);
      const ofBox = byBox.get(command.box) ?? new Map<CommandId, PendingCommand>();
      ofBox.set(command.command, command);
      byBox.set(command.box, ofBox);
      return replaced;
    },
    find: (box, command) => byBox.get(box)?.get(command) ?? null,
    planOf,
    of,
    remove,
    all: () => all,
    get size() {
      return all.size;
    },
  };
}
