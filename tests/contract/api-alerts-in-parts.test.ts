import { expect, it } from "vitest";
import { flood } from "../support/armed-api.ts";
import { areaOf } from "../support/cap-messages.ts";
import { signCap } from "../support/signed-cap.ts";
import { armedWorld, service } from "../support/standing-api.ts";
import { capTime, SENDER } from "../support/standing-approvals.ts";

const bothAreas = `${areaOf("an")}${areaOf("binh")}`;
const byArea = (all: readonly { areas: readonly string[] }[]) =>
  all.toSorted((one, other) => `${one.areas}`.localeCompare(`${other.areas}`));

it("an alert goes out under each of two that hold in different areas, in the words of each, and is tallied for each", async () => {
  const { granted, sends, alert, emergencies, drafts, alerts, admin, found } = await armedWorld();
  const here = await granted();
  const there = await granted({ areas: ["binh"], headline: "Lũ quét ở Bình" });
  const document = signCap(alert({ area: bothAreas }), service);
  await sends(document);
  await sends(document, 200);
  const all = byArea(await emergencies());
  expect(all).toMatchObject([
    { areas: ["an"], headline: flood.headline, standingApproval: { id: here.id } },
    { areas: ["binh"], headline: "Lũ quét ở Bình", standingApproval: { id: there.id } },
  ]);
  expect(await drafts()).toEqual([]);
  const [{ raised }] = await alerts();
  expect(raised).toHaveLength(2);
  for (const [index, box] of ["box-an", "box-binh"].entries()) {
    const { id } = all[index] as unknown as { id: string };
    const { boxes } = await (await admin.get(`/api/v1/emergencies/${id}`)).json();
    expect(boxes.map((one: { boxId: string }) => one.boxId)).toEqual([box]);
  }
  expect([await found(here.id), await found(there.id)]).toMatchObject([{ uses: 1 }, { uses: 1 }]);
});

it("it goes out in no area twice: of one that holds in more, only what is left", async () => {
  const { granted, sends, alert, emergencies, drafts } = await armedWorld();
  await granted({ areas: ["an", "binh"] });
  await granted();
  await granted({ areas: ["binh-thon"] });
  await sends(signCap(alert({ area: bothAreas }), service));
  expect((await emergencies()).flatMap((one: { areas: string[] }) => one.areas)).toEqual(["an", "binh"]);
  expect(await drafts()).toEqual([]);
});

it.each(["Cancel", "Update"])("an %s of its sender reaches both", async (msgType) => {
  const { granted, sends, alert, emergencies, now, time } = await armedWorld();
  await granted();
  await granted({ areas: ["binh"] });
  const references = `${SENDER},A,${capTime(now())}`;
  await sends(signCap(alert({ identifier: "A", area: bothAreas }), service));
  const before = (await emergencies()).map(({ id }: { id: string }) => id);
  await time.advance(60_000);
  await sends(signCap(alert({ identifier: "B", msgType, references, area: bothAreas }), service));
  const after: readonly { id: string; standing: string }[] = await emergencies();
  const standings = (isBefore: boolean) =>
    after.filter(({ id }) => before.includes(id) === isBefore).map(({ standing }) => standing);
  expect(standings(true)).toEqual(["cancelled", "cancelled"]);
  expect(standings(false)).toEqual(msgType === "Update" ? ["in-force", "in-force"] : []);
});

it("where an update waits for persons, what it updates goes on until they have looked at it", async () => {
  const { granted, sends, alert, emergencies, drafts, author, now, time } = await armedWorld();
  await granted();
  const there = await granted({ areas: ["binh"] });
  const references = `${SENDER},A,${capTime(now())}`;
  await sends(signCap(alert({ identifier: "A", area: bothAreas }), service));
  await time.advance(60_000);
  expect((await author.post(`/api/v1/standing-approvals/${there.id}/withdraw`)).status).toBe(200);
  await sends(signCap(alert({ identifier: "B", msgType: "Update", references, area: bothAreas }), service));
  expect(byArea(await emergencies())).toMatchObject([
    { areas: ["an"], standing: "in-force" },
    { areas: ["an"], standing: "cancelled" },
    { areas: ["binh"], standing: "in-force" },
  ]);
  expect(await drafts()).toMatchObject([{ areas: ["binh"] }]);
  // One that holds there no more takes it off the air.
  await time.advance(60_000);
  const more = `${references} ${SENDER},B,${capTime((now() - 60_000) as never)}`;
  await sends(signCap(alert({ identifier: "C", msgType: "Update", references: more }), service));
  expect(byArea(await emergencies()).at(-1)).toMatchObject({ areas: ["binh"], standing: "cancelled" });
});

it("one of which a part is taken off the air by a person goes on elsewhere, and does not come again", async () => {
  const { granted, sends, alert, emergencies, author } = await armedWorld();
  await granted();
  await granted({ areas: ["binh"] });
  const document = signCap(alert({ area: bothAreas }), service);
  await sends(document);
  const [first] = byArea(await emergencies()) as unknown as readonly { id: string }[];
  expect((await author.post(`/api/v1/emergencies/${first?.id}/cancel`)).status).toBe(200);
  await sends(document, 200);
  expect(byArea(await emergencies())).toMatchObject([
    { areas: ["an"], standing: "cancelled" },
    { areas: ["binh"], standing: "in-force" },
  ]);
});

it("one that broke off between its parts is whole when its sender sends it again", async () => {
  const { granted, sends, alert, emergencies, changes } = await armedWorld();
  await granted();
  await granted({ areas: ["binh"] });
  const document = signCap(alert({ area: bothAreas }), service);
  const { raise } = changes;
  changes.raise = async (order) => {
    if ((await emergencies()).length > 0) throw new Error("the power is gone");
    return raise(order);
  };
  await sends(document, 500);
  expect(await emergencies()).toHaveLength(1);
  changes.raise = raise;
  await sends(document, 200);
  expect(byArea(await emergencies())).toMatchObject([{ areas: ["an"] }, { areas: ["binh"] }]);
});
