import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { enrolAnswer } from "@loa/shared/wire/enrolment.ts";
import { describe, expect, it } from "vitest";
import type { ApiWorld, Person } from "../support/api-world.ts";
import { addCluster, createApiWorld } from "../support/api-world.ts";

const publicKey = "p".repeat(43);

async function claimFor(
  person: Person,
  cluster = "cluster-an",
): Promise<{ code: string; expiresAt: number }> {
  const answer = await person.post(`/api/v1/clusters/${cluster}/claim`);
  expect(answer.status).toBe(201);
  return await answer.json();
}

function enrol(world: ApiWorld, claimCode: string): Promise<Response> {
  // A box is no browser: it sends neither a cookie nor an Origin.
  return world.anybody.send("POST", "/api/v1/enrol", { claimCode, publicKey }, { origin: "" });
}

describe("a claim code", () => {
  it("gives one box its identity, once", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    await addCluster(world.db, "cluster-new", "an-thon");
    const { code } = await claimFor(technician, "cluster-new");
    const first = await enrol(world, code);
    expect(first.status).toBe(201);
    const identity = enrolAnswer.parse(await first.json());
    expect(identity).toMatchObject({ cluster: "cluster-new", mqttUrl: "mqtt://127.0.0.1:1883" });
    expect(world.changes.enrolled).toEqual([identity.box]);
    const second = await enrol(world, code);
    expect(second.status).toBe(409);
    expect((await second.json()).code).toBe("claim-used");
    const box = await world.db
      .selectFrom("box")
      .where("id", "=", identity.box)
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(box)).not.toContain(identity.password);
    const plan = await world.db
      .selectFrom("plan_state")
      .where("box_id", "=", identity.box)
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(plan).toMatchObject({ revision: 0 });
  });

  it("used by two boxes at the same moment enrols one of them", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    const { code } = await claimFor(technician);
    const answers = await Promise.all([enrol(world, code), enrol(world, code), enrol(world, code)]);
    expect(answers.map((one) => one.status).sort()).toEqual([201, 409, 409]);
    expect(world.changes.enrolled).toHaveLength(1);
  });

  it("as it is read aloud, in small letters, with O for 0 and l for 1, is understood", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    const answer = await technician.post("/api/v1/clusters/cluster-an/claim");
    const { spoken } = await answer.json();
    const heard = spoken.toLowerCase().replaceAll("0", "o").replaceAll("1", "l");
    expect((await enrol(world, heard)).status).toBe(201);
  });

  it("with one wrong character is a typing mistake, and an invented one is unknown", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    const { code } = await claimFor(technician);
    const wrong = `${code.slice(0, 3)}${code[3] === "A" ? "B" : "A"}${code.slice(4)}`;
    expect(await (await enrol(world, wrong)).json()).toMatchObject({ status: 422, code: "claim-mistyped" });
    const invented = "00000000000000000";
    expect(await (await enrol(world, invented)).json()).toMatchObject({ status: 404, code: "claim-unknown" });
    expect((await enrol(world, code)).status).toBe(201);
  });

  it("is too old after 72 hours", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    const { code, expiresAt } = await claimFor(technician);
    expect(expiresAt - world.time.clock.now()).toBe(72 * 3_600_000);
    await world.time.advance(72 * 3_600_000);
    const late = await enrol(world, code);
    expect(await late.json()).toMatchObject({ status: 409, code: "claim-expired" });
  });

  it("is void as soon as a newer one is made for the cluster", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    const old = await claimFor(technician);
    const fresh = await claimFor(technician);
    expect((await (await enrol(world, old.code)).json()).code).toBe("claim-unknown");
    expect((await enrol(world, fresh.code)).status).toBe(201);
  });

  it("for a cluster with a box in service wants a fresh proof, as revoking that box does", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    await addCluster(world.db, "cluster-new", "an-thon");
    await world.time.advance(10 * MINUTE_MS);
    const stale = await technician.post("/api/v1/clusters/cluster-an/claim");
    expect(await stale.json()).toMatchObject({ status: 403, code: "step-up-needed" });
    await claimFor(technician, "cluster-new");
  });

  it("for a cluster with a box in service puts the new box in its place", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "an", "technician");
    const { code } = await claimFor(technician);
    const { box } = await (await enrol(world, code)).json();
    expect(world.changes.revoked).toEqual(["box-an"]);
    await world.fleet.load();
    const listed = await (await technician.get("/api/v1/boxes")).json();
    expect(listed.boxes.map((one: { boxId: string }) => one.boxId)).toEqual([box]);
  });

  it("cannot be guessed: after ten wrong ones the address waits", async () => {
    const world = await createApiWorld();
    for (let attempt = 0; attempt < 10; attempt += 1) await enrol(world, "00000000000000000");
    const answer = await enrol(world, "00000000000000000");
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("a revoked box", () => {
  it("is out of the lists, and cannot be revoked twice", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "tinh", "technician");
    expect((await technician.post("/api/v1/boxes/box-an/revoke")).status).toBe(204);
    expect(world.changes.revoked).toEqual(["box-an"]);
    const listed = await (await technician.get("/api/v1/boxes")).json();
    expect(listed.boxes.map((one: { boxId: string }) => one.boxId)).toEqual(["box-binh"]);
    const again = await technician.post("/api/v1/boxes/box-an/revoke");
    expect((await again.json()).code).toBe("already-revoked");
  });
});
