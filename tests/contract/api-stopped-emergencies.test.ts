import { insertStop } from "@loa/controller/store/stop-orders.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";

const drill = {
  areas: ["an", "binh"],
  severity: "exercise",
  headline: "Diễn tập phòng chống lũ",
  message: null,
  correction: null,
  confirm: "DIỄN TẬP",
};

async function raised(world: ApiWorld, more: object = {}) {
  const operator = await world.person("hoa", "tinh", "approver");
  const answer = await operator.post("/api/v1/emergencies", { ...drill, ...more });
  expect(answer.status).toBe(201);
  const { emergency } = await answer.json();
  await world.time.advance(1_000);
  const id: string = emergency.id;
  return { id, operator, one: () => shownTo(operator, id) };
}

async function shownTo(person: Person, id: string) {
  const { emergency } = await (await person.get(`/api/v1/emergencies/${id}`)).json();
  const { emergencies } = await (await person.get("/api/v1/emergencies")).json();
  expect(emergencies.find((one: { id: string }) => one.id === id)).toEqual(emergency);
  return emergency;
}

const stop = async (operator: Person, area: string) =>
  expect((await operator.post(`/api/v1/areas/${area}/stop`)).status).toBe(202);

it("that was stopped in all of its areas is stopped, and stays so after its end", async () => {
  const world = await createApiWorld();
  const { operator, one } = await raised(world);
  await stop(operator, "an");
  expect(await one()).toMatchObject({
    standing: "in-force",
    stoppedAreas: ["an"],
    stoppedAreaNames: ["Địa bàn an"],
  });
  await stop(operator, "binh");
  expect(await one()).toMatchObject({ standing: "stopped", stoppedAreas: ["an", "binh"] });
  await world.time.advance(2 * 60 * 60_000);
  expect(await one()).toMatchObject({ standing: "stopped" });
});

it("is stopped by one STOP above all of its areas", async () => {
  const world = await createApiWorld();
  const { operator, one } = await raised(world);
  await stop(operator, "tinh");
  expect(await one()).toMatchObject({ standing: "stopped", stoppedAreas: ["an", "binh"] });
});

it("stays in force where only a part of an area was stopped, which is named", async () => {
  const world = await createApiWorld();
  const { operator, one } = await raised(world, { areas: ["an"] });
  await stop(operator, "an-thon");
  expect(await one()).toMatchObject({ standing: "in-force", stoppedAreas: ["an-thon"] });
});

it("is not stopped by a STOP before it, after its end, or elsewhere", async () => {
  const world = await createApiWorld();
  const admin = await world.person("tam", "tinh", "area-admin");
  await stop(admin, "tinh");
  await world.time.advance(1_000);
  const { operator, one } = await raised(world, { areas: ["an"] });
  await stop(operator, "binh");
  expect(await one()).toMatchObject({ standing: "in-force", stoppedAreas: [] });
  await world.time.advance(60 * 60_000);
  await stop(operator, "tinh");
  expect(await one()).toMatchObject({ standing: "over", stoppedAreas: [] });
});

it("is corrected after the STOP all the same, in one press, and is told as cancelled then", async () => {
  const world = await createApiWorld();
  const { id, operator, one } = await raised(world);
  await stop(operator, "tinh");
  expect((await operator.post(`/api/v1/emergencies/${id}/correct`)).status).toBe(200);
  expect(await one()).toMatchObject({ standing: "cancelled", correctedAt: world.time.clock.now() });
});

it("does not hold up the same words that are raised anew after the STOP", async () => {
  const world = await createApiWorld();
  const { operator } = await raised(world);
  await stop(operator, "tinh");
  await world.time.advance(1_000);
  expect((await operator.post("/api/v1/emergencies", drill)).status).toBe(201);
});

it("tells nobody of a STOP in areas that the person does not hear from", async () => {
  const world = await createApiWorld();
  const { id, operator } = await raised(world);
  await stop(operator, "binh");
  const officer = await world.person("lan", "an", "approver");
  expect(await shownTo(officer, id)).toMatchObject({
    standing: "in-force",
    areas: ["an"],
    stoppedAreas: [],
  });
});

it("knows of a STOP that found no room in the books, by those who said it", async () => {
  const world = await createApiWorld();
  const { id, one } = await raised(world);
  world.changes.stoppedUnwritten.set(id as never, ["tinh" as AreaId]);
  expect(await one()).toMatchObject({ standing: "stopped", stoppedAreas: ["an", "binh"] });
});

it("counts a STOP of its very instant", async () => {
  const world = await createApiWorld();
  const { one } = await raised(world, { areas: ["an"] });
  const { at } = await one();
  const id = newCommandId(at, createSeededRandom("same instant"));
  await insertStop(world.db, { id, areaId: "an" as AreaId, at, by: "hoa" as UserId });
  expect(await one()).toMatchObject({ standing: "stopped" });
});
