import { insertOutbox } from "@loa/controller/store/outbox.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { beforeEach, expect, test } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import { approve, arm, type KeyHolder, keyHolder, shownDraft } from "../support/armed-api.ts";

const box = boxId.parse("box-an");

let world: ApiWorld;
let author: Person;
let first: KeyHolder;
let second: KeyHolder;
let chief: Person;

beforeEach(async () => {
  world = await createApiWorld();
  author = await world.person("tac-gia", "an", "approver");
  first = await keyHolder(world, "lan", "tinh");
  second = await keyHolder(world, "minh", "an");
  chief = await world.person("truong", "tinh", "area-admin");
});

const asked = (more: object = {}) => ({
  headline: "Nước tràn bờ kè",
  message: null,
  trigger: { capability: "amplifier.temperature", edge: "above", limit: 60 },
  from: world.time.clock.now(),
  to: world.time.clock.now() + 90 * DAY_MS,
  confirm: "KHẨN CẤP",
  ...more,
});
const path = "/api/v1/boxes/box-an/local-orders";

async function drafted(more: object = {}) {
  const answer = await author.post(path, asked(more));
  expect(answer.status).toBe(202);
  return shownDraft.parse(await answer.json()).draft;
}

async function refused(answer: Promise<Response>, status: number, code: string): Promise<void> {
  const given = await answer;
  expect({ status: given.status, ...(await given.json()) }).toMatchObject({ status, code });
}

test("two others approve it, then the box holds it, and nobody raises anything", async () => {
  await arm(chief);
  const draft = await drafted();
  await refused(
    approve(draft, { ...first, send: author.send, post: author.post } as KeyHolder),
    403,
    "same-person",
  );
  await approve(draft, first);
  const last = await (await approve(draft, second)).json();
  expect(last).toMatchObject({
    emergency: null,
    draft: {
      kind: "local-emergency",
      standing: "raised",
      box: { id: "box-an" },
      areas: ["an-thon"],
      trigger: { capability: "amplifier.temperature", edge: "above", limit: 60 },
    },
  });
  expect(await world.db.selectFrom("emergency").selectAll().execute()).toEqual([]);
  expect((await (await author.get(path)).json()).drafts).toMatchObject([
    { id: draft.id, standing: "raised" },
  ]);
  const gone = await author.post(`/api/v1/emergency-drafts/${draft.id}/withdraw`);
  expect(await gone.json()).toMatchObject({ draft: { standing: "withdrawn" } });
});

test("it wants a roster, the right words, dates in order, one's own area, and room on the box", async () => {
  await refused(author.post(path, asked()), 409, "no-roster");
  await arm(chief);
  await refused(author.post(path, asked({ confirm: "DIỄN TẬP" })), 422, "confirmation-wrong");
  await refused(author.post(path, asked({ to: world.time.clock.now() })), 400, "bad-request");
  await refused(author.post("/api/v1/boxes/box-binh/local-orders", asked()), 404, "not-found");
  const writer = await world.person("viet", "an", "author");
  await refused(writer.post(path, asked()), 403, "forbidden");
  for (let count = 0; count < 8; count += 1) await drafted({ headline: `Tin ${count}` });
  await refused(author.post(path, asked()), 409, "too-many-local-orders");
  const [one] = (await (await author.get(path)).json()).drafts;
  const again = author.post(`/api/v1/emergency-drafts/${one.id}/again`);
  await refused(again, 409, "too-many-local-orders");
});

test("what the box made of it is told: on its way, held, refused with the reason, or not sent any more", async () => {
  const third = await keyHolder(world, "ba", "tinh");
  await arm(chief);
  const draft = await drafted();
  const atBox = async () => (await (await author.get(path)).json()).drafts[0].atBox;
  expect(await atBox()).toBeNull();
  await approve(draft, first);
  await approve(draft, third);
  expect(await atBox()).toEqual({ state: "on-its-way", reason: null });
  const answered = (state: "accepted" | "refused", reason: string | null, after: number) =>
    insertOutbox(world.db, [
      {
        ...{ commandId: newCommandId(plus(world.time.clock.now(), after), nodeRandom), boxId: box },
        ...{ kind: "local", body: "{}", areaId: null, createdAt: plus(world.time.clock.now(), after) },
        ...{ expiresAt: null, attempts: 1, nextAt: world.time.clock.now(), state, reason, doneAt: null },
      },
    ]);
  await answered("accepted", null, 1);
  expect(await atBox()).toEqual({ state: "held", reason: null });
  await answered("refused", "not-approved", 2);
  expect(await atBox()).toEqual({ state: "refused", reason: "not-approved" });
  await world.db.deleteFrom("passkey").where("user_id", "=", "ba").execute();
  await arm(chief);
  expect(await atBox()).toEqual({ state: "not-sent", reason: null });
});

test("those that are written at the same moment do not together take more room than a box has", async () => {
  await arm(chief);
  const posts = Array.from({ length: 10 }, (_, count) =>
    author.post(path, asked({ headline: `Tin ${count}` })),
  );
  const states = (await Promise.all(posts)).map((one) => one.status).toSorted();
  expect(states).toEqual([...Array(8).fill(202), 409, 409]);
});
