import { insertBox } from "@loa/controller/store/boxes.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { describe, expect, it } from "vitest";
import { addCluster, createApiWorld } from "../support/api-world.ts";

const BOXES = 10_000;

describe("a province of 10,000 boxes", () => {
  it("is listed in well under a second, whole or in part", { timeout: 60_000 }, async () => {
    const world = await createApiWorld();
    await world.db.transaction().execute(async (tx) => {
      for (let index = 0; index < BOXES; index += 1) {
        await addCluster(tx, `cluster-${index}`, index % 100 === 0 ? "an-thon" : "binh-thon");
        await insertBox(tx, {
          id: `box-${index}` as BoxId,
          clusterId: `cluster-${index}` as never,
          publicKey: "" as never,
          passwordSha256: "0".repeat(64),
          enrolledAt: 0 as never,
          revokedAt: null,
          simulated: false,
        });
      }
    });
    await world.fleet.load();
    const province = await world.person("tinh", "tinh", "viewer");
    const commune = await world.person("an", "an", "viewer");
    const whole = await timed(() => province.get("/api/v1/boxes"));
    expect(whole.boxes).toHaveLength(BOXES + 2);
    const part = await timed(() => commune.get("/api/v1/boxes?q=cum loa"));
    expect(part.boxes).toHaveLength(BOXES / 100 + 1);
    expect((await timed(() => province.get("/api/v1/clusters"))).clusters).toHaveLength(BOXES + 2);
    const areas = (await timed(() => province.get("/api/v1/areas"))).areas;
    expect(areas.map((one) => one.boxes)).toContain(101);
  });
});

interface Lists {
  readonly boxes: readonly object[];
  readonly clusters: readonly object[];
  readonly areas: readonly { readonly boxes: number }[];
}

async function timed(ask: () => Promise<Response>): Promise<Lists> {
  const begun = performance.now();
  const answer = await (await ask()).json();
  const tookMs = performance.now() - begun;
  expect(tookMs).toBeLessThan(1_000);
  if (process.env.LOA_TIMES !== undefined) console.info(`took ${Math.round(tookMs)} ms`);
  return answer;
}
