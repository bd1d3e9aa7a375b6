import type { BoxNow, BoxRow } from "@loa/controller/domain/box-row.ts";
import type { FleetView } from "@loa/controller/fleet-view.ts";
import { allPlacedBoxes, type PlacedBox } from "@loa/controller/store/boxes.ts";
import type { Database } from "@loa/controller/store/database.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";

/** A fleet of which nothing was heard yet. */
export interface FakeFleet extends FleetView {
  /** Reads the boxes of the store again. */
  load(): Promise<void>;
  row(box: string): BoxRow;
  /** From now on its row says this of it. */
  say(box: string, changed: Partial<BoxRow>): void;
}

export function createFakeFleet(db: Database): FakeFleet {
  const known = new Map<BoxId, BoxRow>();
  return {
    async load() {
      known.clear();
      for (const box of await allPlacedBoxes(db)) known.set(box.id, unheardRow(box));
    },
    row(box) {
      const row = known.get(box as BoxId);
      if (row === undefined) throw new Error(`no box ${box}`);
      return row;
    },
    say(box, changed) {
      const row = known.get(box as BoxId);
      if (row === undefined) throw new Error(`no box ${box}`);
      known.set(row.boxId, { ...row, ...changed });
    },
    rosterVersions: () => [...known.keys()].map(() => 0),
    rows: (boxes) => boxes.flatMap((box) => known.get(box) ?? []),
    now: (box): BoxNow | null => {
      const row = known.get(box);
      if (row === undefined) return null;
      return { row, profile: null, agentVersion: null, values: [], devices: [], level: null };
    },
  };
}

function unheardRow(box: PlacedBox): BoxRow {
  return {
    boxId: box.id,
    clusterId: box.clusterId,
    clusterName: box.cluster.name,
    areaId: box.cluster.areaId,
    areaName: box.areaName,
    simulated: box.simulated,
    presence: { state: "unknown", since: asInstant(0), heardAt: null },
    wantedRevision: 0,
    appliedRevision: 0,
    planProblem: null,
    onAir: null,
    next: null,
    readiness: { state: "unknown", lacks: [], at: null, stage: null },
    against: [{ kind: "presence", state: "unknown", severity: "warning" }],
    faults: [],
    faultsAt: null,
    lastReceipt: null,
    clips: null,
  };
}
