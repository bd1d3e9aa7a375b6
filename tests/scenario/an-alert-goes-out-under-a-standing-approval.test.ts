import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { PROVINCE_ID } from "@loa/simulator/province-plan.ts";
import { CONTROLLER_URL } from "@loa/simulator/virtual/virtual-controller.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import { areaOf } from "../support/cap-messages.ts";
import { signCap, signingService } from "../support/signed-cap.ts";
import { type AlertWish, alertAt, capTime, SENDER } from "../support/standing-approvals.ts";
import { type World, world } from "../support/world.ts";

const service = await signingService("ec");
const madeToken = z.object({ token: z.string() });
const made = z.object({ standingApproval: z.object({ id: z.string() }) });
const shown = z.object({ standingApproval: z.object({ state: z.string(), uses: z.number() }) });
const waiting = z.object({ drafts: z.array(z.object({ id: z.string() })) });
const listed = z.object({
  emergencies: z.array(z.object({ id: z.string(), standing: z.string(), headline: z.string() })),
});

/** A province of two boxes, a service that signs its alerts, and what two persons have approved of it. */
async function inTheMorning() {
  const there = await world({ boxes: 2 });
  const { operator, drive, trust } = there;
  const { token } = await drive(operator.do("PUT", `/api/v1/cap-senders/${SENDER}`, madeToken));
  const pem = service.certificate;
  await drive(operator.ask("PUT", `/api/v1/cap-senders/${SENDER}/certificate`, { pem }));
  const plain = {
    ...{ sender: SENDER, events: ["Lũ quét"], areas: [PROVINCE_ID], severity: "actual" },
    ...{ headline: "Lũ quét: rời ven suối", message: null, correction: null, confirm: "KHẨN CẤP" },
    ...{ sirenS: 8, times: 3, gapS: 0, durationMin: 60 },
  };
  const write = async (wish: object) =>
    (await drive(operator.do("POST", "/api/v1/standing-approvals", made, { ...plain, ...wish })))
      .standingApproval.id;
  const sign = async (id: string, ...places: readonly number[]) => {
    for (const place of places) await drive(trust.approveStanding(id, trust.approvers[place]?.person ?? ""));
  };
  const id = await write({});
  return {
    ...there,
    id,
    approvedBy: (...places: readonly number[]) => sign(id, ...places),
    /** One more, in force, for this area alone. */
    approvedFor: async (area: string) => sign(await write({ areas: [area] }), 0, 1),
    /** As its sender sends it; a thread beside the loop reads it, so no virtual time passes meanwhile. */
    async sends(wished: AlertWish = {}) {
      const document = signCap(
        alertAt(there.time.instant(), { area: areaOf(PROVINCE_ID), ...wished }),
        service,
      );
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/cap+xml" };
      const request = new Request(`${CONTROLLER_URL}/api/v1/cap`, {
        method: "POST",
        headers: { ...headers, host: new URL(CONTROLLER_URL).host },
        body: document,
      });
      const answer = await there.controller.fetch(request);
      expect(answer.status, await answer.text()).toBe(201);
    },
    /** What its sender is not sure of enough waits as a draft, which two persons approve. */
    async letOut() {
      const { drafts } = await drive(operator.do("GET", "/api/v1/emergency-drafts", waiting));
      for (const { person } of trust.approvers.slice(0, 2))
        await drive(trust.approve(drafts[0]?.id ?? "", person));
    },
    state: async () =>
      (await drive(operator.do("GET", `/api/v1/standing-approvals/${id}`, shown))).standingApproval,
    emergencies: async () => (await drive(operator.do("GET", "/api/v1/emergencies", listed))).emergencies,
  };
}

const soon = (there: World, ms: number) => there.until(plus(there.time.instant(), ms));
const said = ({ boxes }: World, index: number) =>
  (boxes[index]?.machine.loudspeaker.stretches ?? []).map(({ source }) => source.kind);

test("an alert of its sender sounds at every box within a second, and no person has pressed", async () => {
  const there = await inTheMorning();
  await there.approvedBy(0, 1);
  await soon(there, MINUTE_MS);
  const sentAt = there.time.instant();
  await there.sends();
  await soon(there, MINUTE_MS);
  for (const { machine } of there.boxes) {
    const [first] = there.heard({ machine, areas: [] });
    expect((first?.from ?? Number.POSITIVE_INFINITY) - sentAt).toBeLessThan(SECOND_MS);
  }
  expect(await there.emergencies()).toMatchObject([
    { headline: "Lũ quét: rời ven suối", standing: "in-force" },
  ]);
  expect(await there.state()).toEqual({ state: "in-force", uses: 1 });
});

test("one approval is none: it waits for persons, and nothing sounds", async () => {
  const there = await inTheMorning();
  await there.approvedBy(0);
  await there.sends();
  await soon(there, MINUTE_MS);
  expect([said(there, 0), said(there, 1)]).toEqual([[], []]);
  expect(await there.emergencies()).toEqual([]);
});

test("what its sender is not sure of enough sounds when two persons have approved it, and only persons take it back", async () => {
  const there = await inTheMorning();
  await there.approvedBy(0, 1);
  const references = `${SENDER},A,${capTime(Math.floor(there.time.instant() / 1_000) * 1_000)}`;
  await there.sends({ identifier: "A", info: { certainty: "<certainty>Possible</certainty>" } });
  await there.letOut();
  await soon(there, MINUTE_MS);
  expect([said(there, 0).includes("siren"), said(there, 1).includes("siren")]).toEqual([true, true]);
  const [first] = await there.emergencies();
  expect(first).toMatchObject({ standing: "in-force" });
  await there.sends({ identifier: "B", msgType: "Update", references });
  await soon(there, MINUTE_MS);
  const all = await there.emergencies();
  expect(all).toHaveLength(2);
  expect(all.find(({ id }) => id === first?.id)).toMatchObject({ standing: "in-force" });
  await there.sends({ identifier: "C", msgType: "Cancel", references });
  expect((await there.emergencies()).find(({ id }) => id === first?.id)).toMatchObject({
    standing: "in-force",
  });
});

test("under two approvals for different places it sounds at both, once, and an update and a cancel reach both", async () => {
  const there = await inTheMorning();
  const places = there.boxes.map(({ areas }) => areas[0] ?? "");
  expect(new Set(places).size).toBe(2);
  for (const place of places) await there.approvedFor(place);
  await soon(there, MINUTE_MS);
  const area = places.map(areaOf).join("");
  const nameNow = (identifier: string) =>
    `${SENDER},${identifier},${capTime(Math.floor(there.time.instant() / 1_000) * 1_000)}`;
  const sirens = () =>
    there.boxes.map((_, index) => said(there, index).filter((kind) => kind === "siren").length);
  const standings = async () => (await there.emergencies()).map(({ standing }) => standing);

  const first = nameNow("A");
  await there.sends({ identifier: "A", area });
  await soon(there, 5 * SECOND_MS);
  expect(sirens()).toEqual([1, 1]);
  const second = nameNow("B");
  await there.sends({ identifier: "B", area, msgType: "Update", references: first });
  await soon(there, 5 * SECOND_MS);
  expect(sirens()).toEqual([2, 2]);
  expect((await standings()).toSorted()).toEqual(["cancelled", "cancelled", "in-force", "in-force"]);
  await there.sends({ identifier: "C", area, msgType: "Cancel", references: second });
  await soon(there, MINUTE_MS);
  expect(sirens()).toEqual([2, 2]);
  expect(await standings()).toEqual(["cancelled", "cancelled", "cancelled", "cancelled"]);
});

test("the sender takes it off the air again", async () => {
  const there = await inTheMorning();
  await there.approvedBy(0, 1);
  const references = `${SENDER},A,${capTime(Math.floor(there.time.instant() / 1_000) * 1_000)}`;
  await there.sends({ identifier: "A" });
  await soon(there, 15 * SECOND_MS);
  await there.sends({ identifier: "B", msgType: "Cancel", references });
  await soon(there, 10 * SECOND_MS);
  const ends = there.boxes.map(({ machine }) => there.heard({ machine, areas: [] }).at(-1)?.to ?? null);
  const now = there.time.instant();
  expect(ends.every((to) => to !== null && to < now)).toBe(true);
  await soon(there, MINUTE_MS);
  expect(there.boxes.map(({ machine }) => there.heard({ machine, areas: [] }).at(-1)?.to)).toEqual(ends);
});

test("taken back by one person it is used no more, and every box knows, also one that was dark while the control room was killed", async () => {
  const there = await inTheMorning();
  await there.approvedBy(0, 1);
  await soon(there, MINUTE_MS);
  there.boxes[1]?.machine.cutPower();
  await there.drive(there.operator.ask("POST", `/api/v1/standing-approvals/${there.id}/withdraw`));
  await soon(there, MINUTE_MS);
  there.controller.kill();
  await there.drive(there.controller.start());
  there.boxes[1]?.machine.boot();
  await soon(there, 6 * MINUTE_MS);
  expect(await there.state()).toMatchObject({ state: "withdrawn" });
  await there.sends();
  await soon(there, MINUTE_MS);
  expect([said(there, 0), said(there, 1)]).toEqual([[], []]);
  const kept = there.boxes.map(({ machine }) =>
    [...machine.disk.records.values()].some(
      ({ key, value }) => key === "withdrawn" && value.includes(there.id),
    ),
  );
  expect(kept).toEqual([true, true]);
});

test("after a kill of the control room it is still in force", async () => {
  const there = await inTheMorning();
  await there.approvedBy(0, 1);
  await soon(there, MINUTE_MS);
  there.controller.kill();
  await there.drive(there.controller.start());
  await soon(there, 5 * MINUTE_MS);
  await there.sends({ expires: capTime(plus(there.time.instant(), HOUR_MS)) });
  await soon(there, MINUTE_MS);
  expect(said(there, 0)).toContain("siren");
});
