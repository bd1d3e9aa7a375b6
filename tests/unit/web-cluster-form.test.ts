import { type ClusterForm, changeOfCluster, formOfCluster } from "@loa/controller/web/view/cluster-form.ts";
import { areaId, clusterId } from "@loa/shared/kernel/ids.ts";
import { describe, expect, it } from "vitest";

const cluster = {
  id: clusterId.parse("cum-1"),
  name: "Đông 1",
  areaId: areaId.parse("an-hoa"),
  gainDb: -4.5,
  alignDelayMs: 120,
  turn: 2,
  zones: [1, 3],
  people: 420,
};
const form = (changed: Partial<ClusterForm> = {}) => ({ ...formOfCluster(cluster), ...changed });

describe("the form of a cluster", () => {
  it("is what the cluster is, and asks for nothing else as it stands", () => {
    const { gainDb, alignDelayMs, turn, zones, people } = cluster;
    expect(changeOfCluster(form())).toEqual({ gainDb, alignDelayMs, turn, zones, people });
  });

  it("leaves open how many people hear it where nobody has counted them", () => {
    expect(formOfCluster({ ...cluster, people: null }).people).toBe("");
    expect(changeOfCluster(form({ people: " " }))?.people).toBeNull();
    expect(changeOfCluster(form({ people: "0" }))?.people).toBe(0);
  });

  it("takes lines as a person types them", () => {
    const linesOf = (zones: string) => changeOfCluster(form({ zones }))?.zones;
    expect(linesOf("2")).toEqual([2]);
    expect(linesOf("4,1 ; 2 2")).toEqual([1, 2, 4]);
  });

  it.each<Partial<ClusterForm>>([
    { zones: "" },
    { zones: "0" },
    { zones: "5" },
    { zones: "1-3" },
    { zones: "12" },
    { turn: "16" },
    { turn: "1.5" },
    { alignDelayMs: "2001" },
    { gainDb: "quiet" },
    { people: "-1" },
    { people: "12.5" },
    { people: "many" },
    { people: "100001" },
  ])("refuses what no box can do: %j", (changed) => {
    expect(changeOfCluster(form(changed))).toBeNull();
  });
});
