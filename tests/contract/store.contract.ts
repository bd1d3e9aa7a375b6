import type { Store, StoreChange, StoreTable } from "@loa/edge-agent/ports.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface StoreWorld {
  readonly store: Store;
  /** The power goes and comes back: what a new run of the agent finds. */
  powerCut(): Store;
  close(): Promise<void>;
}

export const put = (table: StoreTable, key: string, value: string): StoreChange => ({
  op: "put",
  table,
  key,
  value,
});

/** What the agent relies on: one transaction a commit, durable when it returns. */
export function describeStore(name: string, open: () => Promise<StoreWorld>): void {
  describe(`store: ${name}`, () => {
    let world: StoreWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());
    const seen = (store: Store) =>
      store
        .readAll()
        .map(({ table, key, value }) => `${table}/${key}=${value}`)
        .sort();

    it("is empty at first", () => {
      expect(world.store.readAll()).toEqual([]);
    });

    it("keeps what was committed through a power cut", () => {
      expect(world.store.commit([put("meta", "a", "1"), put("event", "a", "2")])).toEqual({
        ok: true,
        value: undefined,
      });
      expect(seen(world.powerCut())).toEqual(["event/a=2", "meta/a=1"]);
    });

    it("holds the last value of a key, and nothing of a deleted one", () => {
      world.store.commit([put("meta", "a", "1"), put("meta", "a", "2"), put("meta", "b", "3")]);
      world.store.commit([
        { op: "delete", table: "meta", key: "b" },
        { op: "delete", table: "meta", key: "never-there" },
      ]);
      expect(seen(world.powerCut())).toEqual(["meta/a=2"]);
    });

    it("applies the changes of one commit in their order", () => {
      world.store.commit([{ op: "delete", table: "stop", key: "at" }, put("stop", "at", "1")]);
      world.store.commit([put("stop", "at", "2"), { op: "delete", table: "stop", key: "at" }]);
      expect(seen(world.powerCut())).toEqual([]);
    });

    it("keeps equal keys of different tables apart, and any text", () => {
      const text = 'Bản tin "sáng"\n\u0000 😀';
      world.store.commit([put("plan", "x", text), put("stop", "x", "")]);
      expect(seen(world.powerCut())).toEqual([`plan/x=${text}`, "stop/x="]);
    });

    it("takes an empty commit", () => {
      expect(world.store.commit([]).ok).toBe(true);
    });
  });
}
