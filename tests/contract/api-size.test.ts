import { insertBox } from "@loa/controller/store/boxes.ts";
import { emergencyById } from "@loa/controller/store/emergencies.ts";
import { insertOutbox, type OutboxRow } from "@loa/controller/store/outbox.ts";
import type { BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { type ApiWorld, addCluster, createApiWorld, type Person } from "../support/api-world.ts";

const BOXES = 10_000;
/** It takes a few tenths of a second, which `LOA_TIMES` tells; what grows with the square of the boxes takes minutes. */
const ANSWER_LIMIT_MS = 10_000;

describe("a province of 10,000 boxes", () => {
  it("is listed while a person waits, whole or in part", { timeout: 60_000 }, async () => {
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
    const operator = await world.person("hoa", "tinh", "approver");
    const { id, command } = await raised(world, operator);
    await world.db.transaction().execute((tx) => insertOutbox(tx, rowsOf(command, BOXES)));
    const tallied = await timed(() => operator.get(`/api/v1/emergencies/${id}`));
    expect(tallied.boxes).toHaveLength(BOXES + 2);
    const figures = await timed(() => operator.get(`/api/v1/emergencies/${id}?boxes=none`));
    expect(figures).toMatchObject({ tally: { targeted: BOXES + 2, acknowledged: BOXES } });
  });
});

async function raised({ db }: ApiWorld, person: Person) {
  const answer = await person.post("/api/v1/emergencies", {
    areas: ["tinh"],
    severity: "exercise",
    headline: "Diễn tập toàn tỉnh",
    message: null,
    confirm: "DIỄN TẬP",
  });
  const { emergency } = await answer.json();
  const stored = await emergencyById(db, emergency.id);
  if (stored === null) throw new Error("not raised");
  return { id: stored.emergency.id, command: stored.command };
}

/** What the outbox has when everybody has answered. */
function rowsOf(command: CommandId, count: number): readonly OutboxRow[] {
  return Array.from({ length: count }, (_, index) => ({
    commandId: command,
    boxId: `box-${index}` as BoxId,
    kind: "emergency",
    body: "{}",
    areaId: null,
    createdAt: asInstant(0),
    expiresAt: null,
    attempts: 1,
    nextAt: asInstant(0),
    state: "accepted",
    reason: null,
    doneAt: asInstant(1),
  }));
}

interface Lists {
  readonly boxes: readonly object[];
  readonly clusters: readonly object[];
  readonly areas: readonly { readonly boxes: number }[];
}

async function timed(ask: () => Promise<Response>): Promise<Lists> {
  const begun = performance.now();
  const answer = await (await ask()).json();
  const tookMs = performance.now() - begun;
  expect(tookMs).toBeLessThan(ANSWER_LIMIT_MS);
  if (process.env.LOA_TIMES !== undefined) console.info(`took ${Math.round(tookMs)} ms`);
  return answer;
}
