import type { BrokerLimits } from "./broker-limits.ts";

/** Places for connections, counted in all and, until they have proved who they are, by address. */
export interface Admission {
  /** A place, or null when the connection must be closed at once. */
  admit(address: string): Place | null;
}

export interface Place {
  /** The connection has proved who it is and no longer counts against its address. */
  prove(): void;
  leave(): void;
}

export function createAdmission(limits: BrokerLimits): Admission {
  const pending = new Map<string, number>();
  let connections = 0;

  function addPending(address: string, change: 1 | -1): void {
    const count = (pending.get(address) ?? 0) + change;
    if (count === 0) pending.delete(address);
    else pending.set(address, count);
  }

  return {
    admit(address) {
      if (connections >= limits.maxConnections) return null;
      if ((pending.get(address) ?? 0) >= limits.maxPendingPerAddress) return null;
      connections += 1;
      addPending(address, 1);
      let state: "pending" | "proved" | "left" = "pending";
      return {
        prove() {
          if (state !== "pending") return;
          state = "proved";
          addPending(address, -1);
        },
        leave() {
          if (state === "left") return;
          if (state === "pending") addPending(address, -1);
          state = "left";
          connections -= 1;
        },
      };
    },
  };
}
