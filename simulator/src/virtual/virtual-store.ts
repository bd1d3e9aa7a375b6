import type { Store, StoreChange, StoredRecord, StoreFailure } from "@loa/edge-agent/ports.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";

/** The disk of a box that holds its records: what was committed stays through every power cut, and nothing else. */
export interface VirtualDisk {
  /** Why commits fail at the moment; null when they succeed. */
  failure: StoreFailure | null;
  /** Asked before and after every commit: the moments at which a power cut hurts. */
  onCommit: (moment: "before" | "after", changes: readonly StoreChange[]) => void;
  commits: number;
  readonly records: Map<string, StoredRecord>;
}

export function createVirtualDisk(): VirtualDisk {
  return { failure: null, onCommit: () => undefined, commits: 0, records: new Map() };
}

/** The store as one run of the agent sees it; after the power went (`isAlive` is false) nothing reaches the disk. */
export function createVirtualStore(disk: VirtualDisk, isAlive: () => boolean): Store {
  return {
    readAll: () => [...disk.records.values()],
    commit(changes) {
      if (disk.failure !== null) return fail(disk.failure);
      disk.onCommit("before", changes);
      if (!isAlive()) return fail("io");
      for (const change of changes) apply(disk.records, change);
      disk.commits += 1;
      disk.onCommit("after", changes);
      return ok(undefined);
    },
  };
}

function apply(records: Map<string, StoredRecord>, change: StoreChange): void {
  const key = `${change.table}\n${change.key}`;
  if (change.op === "delete") records.delete(key);
  else records.set(key, { table: change.table, key: change.key, value: change.value });
}
