import { insertUser } from "@loa/controller/store/users.ts";
import { type StandingApprovalId, standingApprovalId, type UserId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { approveWith, newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BoxPuppet } from "../support/box-puppet.ts";
import { commune, createHeartWorld, type HeartWorld, operator, province } from "../support/heart-world.ts";
import { signingService } from "../support/signed-cap.ts";
import { standingOf } from "../support/standing-approvals.ts";
import { machineKey, personKey, rosterWith, signers, signRoster } from "../support/trust-world.ts";

const service = await signingService("ec");
const persons = ["lan", "minh"].map((name) => ({
  name: name as UserId,
  key: newSoftwareKey("localhost", "http://localhost"),
}));
let world: HeartWorld;

beforeEach(async () => {
  world = await createHeartWorld();
  const at = world.time.clock.now();
  const year = { from: plus(at, -DAY_MS), to: plus(at, 365 * DAY_MS) };
  const keys = [
    machineKey(world.broker.controllerKey, province),
    ...persons.map(({ name, key }) => personKey(name, key, ["approve-actual"], [province])),
  ].map((key) => ({ ...key, grants: key.grants.map((one) => ({ ...one, ...year })) }));
  for (const { name } of persons)
    await insertUser(world.db(), { id: name, name, passwordHash: "", createdAt: at });
  const roster = rosterWith(keys, { province, issuedAt: at, expiresAt: year.to });
  await world.heart().rosters.take(signRoster(roster, signers(2)), operator);
});
afterEach(() => world.close());

/** Two persons have approved it. */
async function granted(name: string): Promise<StandingApprovalId> {
  const id = standingApprovalId.parse(name);
  const { standings } = world.heart();
  const text = { id, areas: [commune], author: operator };
  const { payload } = await standings.add(standingOf(service, world.time.clock.now(), text));
  for (const { name: person, key } of persons) {
    const approval = approveWith(key, person, challengeOf(payload, nodeCrypto));
    expect(await standings.approve(id, { person, approval })).toMatchObject({ ok: true });
  }
  return id;
}

const heard = (box: BoxPuppet) => box.got("withdraw").map(({ body }) => body);

test("every box hears of it, again and again until it has answered", async () => {
  const [prompt, silent] = [await world.addBox("box-1"), await world.addBox("box-2")];
  const id = await granted("lu-quet");
  const until = world.heart().standings.find(id)?.approved.to;
  await world.heart().standings.withdraw(id, operator);
  await world.time.advance(1_000);
  expect(heard(prompt)).toEqual([{ standings: [{ id, until }] }]);
  prompt.ack(prompt.got("withdraw")[0]?.id ?? "");
  await world.time.advance(20 * MINUTE_MS);
  expect(heard(prompt)).toHaveLength(1);
  expect(heard(silent).length).toBeGreaterThan(2);
});

test("a crash loses none of it, and the next one tells of all", async () => {
  const box = await world.addBox("box-1");
  const [first, second] = [await granted("lu-quet"), await granted("sat-lo")];
  world.broker.losesAll = true;
  await world.heart().standings.withdraw(first, operator);
  world.broker.losesAll = false;
  await world.crash();
  box.connect(2);
  await world.time.advance(10_000);
  expect(heard(box).at(-1)).toMatchObject({ standings: [{ id: first }] });
  await world.heart().standings.withdraw(second, operator);
  await world.time.advance(10_000);
  expect(heard(box).at(-1)).toMatchObject({ standings: [{ id: first }, { id: second }] });
});

test("a box that comes later hears of what was taken back before, and of nothing where nothing was", async () => {
  expect(heard(await world.addBox("box-1"))).toEqual([]);
  const id = await granted("lu-quet");
  await world.heart().standings.withdraw(id, operator);
  const late = await world.addBox("box-2");
  await world.time.advance(1_000);
  expect(heard(late).at(-1)).toMatchObject({ standings: [{ id }] });
});

test("a box that came in the moment before a crash hears of it, and who has answered is not told again", async () => {
  const prompt = await world.addBox("box-1");
  const id = await granted("lu-quet");
  await world.heart().standings.withdraw(id, operator);
  await world.time.advance(1_000);
  prompt.ack(prompt.got("withdraw")[0]?.id ?? "");
  await world.time.advance(1_000);
  world.broker.losesAll = true;
  const late = await world.addBox("box-2");
  world.broker.losesAll = false;
  await world.crash();
  late.connect(1);
  prompt.connect(2);
  await world.time.advance(10_000);
  expect(heard(late).at(-1)).toMatchObject({ standings: [{ id }] });
  expect(heard(prompt)).toHaveLength(1);
});

test("what nobody has signed is told to nobody, and what has ended by itself no more", async () => {
  const box = await world.addBox("box-1");
  const unsigned = standingOf(service, world.time.clock.now(), { areas: [commune], author: operator });
  await world.heart().standings.add(unsigned);
  await world.heart().standings.withdraw(unsigned.id, operator);
  await world.time.advance(MINUTE_MS);
  expect(heard(box)).toEqual([]);
  const id = await granted("sat-lo");
  await world.heart().standings.withdraw(id, operator);
  expect(world.heart().standings.withdrawn()).toMatchObject([{ id }]);
  expect(await world.heart().standings.withdraw(id, operator)).toBeNull();
});
