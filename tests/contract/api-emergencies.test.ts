import { insertSound } from "@loa/controller/store/emergencies.ts";
import { insertOutbox } from "@loa/controller/store/outbox.ts";
import { putBoxReceipt } from "@loa/controller/store/receipts.ts";
import type { Cause, Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { BoxId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import { occurrenceId } from "@loa/shared/kernel/ids.ts";
import { asInstant, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { upload } from "../support/api-content.ts";
import { type ApiWorld, addBox, addCluster, boxPassword, createApiWorld } from "../support/api-world.ts";

const drill = {
  areas: ["an"],
  severity: "exercise",
  headline: "Diễn tập phòng chống lũ",
  message: null,
  confirm: "DIỄN TẬP",
};

describe("raising an emergency", () => {
  it("says what was asked for, in the words of the box", async () => {
    const world = await createApiWorld();
    const operator = await world.person("hoa", "tinh", "approver");
    const answer = await operator.post("/api/v1/emergencies", {
      ...drill,
      areas: ["tinh", "an"],
      severity: "actual",
      confirm: "khẩn cấp",
      sirenS: 12,
      times: 3,
      gapS: 20,
      durationMin: 90,
    });
    expect(answer.status).toBe(201);
    const { emergency } = await answer.json();
    expect(emergency).toMatchObject({
      severity: "actual",
      headline: drill.headline,
      sirenMs: 12_000,
      times: 3,
      gapMs: 20_000,
      message: "built-in",
      areas: ["tinh"],
      areaNames: ["Địa bàn tinh"],
      raisedBy: { id: "hoa", name: "hoa" },
      standing: "in-force",
      cancelledAt: null,
      cancelledBy: null,
    });
    expect(emergency.expiresAt - emergency.at).toBe(90 * 60_000);
    expect(emergency.saidAt - emergency.at).toBe(3 * (12_000 + 9_000) + 2 * 20_000);
    expect(occurrenceId.parse(emergency.occurrenceId)).toContain(emergency.id);
  });

  it("takes no headline with half of a character, which no box could read", async () => {
    const world = await createApiWorld();
    const operator = await world.person("hoa", "tinh", "approver");
    const refused = await operator.post("/api/v1/emergencies", { ...drill, headline: "L\ud83c" });
    expect(refused.status).toBe(400);
  });

  it("needs the right words: a drill is never raised as the real thing, nor the other way round", async () => {
    const world = await createApiWorld();
    const operator = await world.person("hoa", "tinh", "approver");
    for (const [severity, confirm] of [
      ["actual", "DIỄN TẬP"],
      ["exercise", "KHẨN CẤP"],
      ["actual", "ok"],
      ["actual", ""],
    ]) {
      const refused = await operator.post("/api/v1/emergencies", { ...drill, severity, confirm });
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({
        code: "confirmation-wrong",
        expected: severity === "actual" ? "KHẨN CẤP" : "DIỄN TẬP",
      });
    }
    expect(await world.db.selectFrom("emergency").selectAll().execute()).toEqual([]);
  });

  it("takes its words from a bulletin or a clip that the person may use, and from no other", async () => {
    const world = await createApiWorld();
    const stranger = await world.person("binh", "binh", "author");
    const strange = await upload(stranger, "sound of 21 s");
    const officer = await world.person("lan", "an", "author", "approver");
    const clip = await upload(officer, "sound of 22 s");
    const body = { title: "Lũ", class: "emergency", field: "disaster-and-emergency", clip, areaId: "an" };
    const { bulletin } = await (await officer.post("/api/v1/bulletins", body)).json();
    for (const message of [{ clip }, { bulletin: bulletin.id }]) {
      const asked = { ...drill, headline: JSON.stringify(message), message };
      const raised = await officer.post("/api/v1/emergencies", asked);
      expect((await raised.json()).emergency).toMatchObject({ message: "clip" });
    }
    for (const message of [{ clip: strange }, { bulletin: "bulletin-of-nobody" }]) {
      const refused = await officer.post("/api/v1/emergencies", { ...drill, message });
      expect((await refused.json()).code).toBe("not-found");
    }
  });

  it("is for the officer of a commune in the own area only, and for nobody who may just write", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "approver");
    expect((await officer.post("/api/v1/emergencies", drill)).status).toBe(201);
    for (const areas of [["binh"], ["an", "binh"], ["tinh"]]) {
      const refused = await officer.post("/api/v1/emergencies", { ...drill, areas });
      expect((await refused.json()).code, areas.join()).toBe("area-not-yours");
    }
    const author = await world.person("tam", "an", "author", "technician", "viewer");
    expect((await (await author.post("/api/v1/emergencies", drill)).json()).code).toBe("forbidden");
  });

  it("pressed twice is raised once; the same again later, or elsewhere, is another one", async () => {
    const world = await createApiWorld();
    const operator = await world.person("hoa", "tinh", "approver");
    const { emergency } = await (await operator.post("/api/v1/emergencies", drill)).json();
    const again = await operator.post("/api/v1/emergencies", drill);
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: "already-raised", emergency: emergency.id });
    expect((await operator.post("/api/v1/emergencies", { ...drill, areas: ["binh"] })).status).toBe(201);
    await world.time.advance(31_000);
    expect((await operator.post("/api/v1/emergencies", drill)).status).toBe(201);
  });

  it("lets the boxes of its areas fetch what it says, while it is in force", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "author", "approver");
    const clip = await upload(officer);
    const fetchAs = (box: string) =>
      world.anybody.send("GET", `/content/v1/${clip}`, undefined, {
        authorization: `Basic ${btoa(`${box}:${boxPassword(box)}`)}`,
      });
    expect((await (await fetchAs("box-an")).json()).code).toBe("not-in-plan");
    const raised = await officer.post("/api/v1/emergencies", { ...drill, message: { clip } });
    const { emergency } = await raised.json();
    expect((await fetchAs("box-an")).status).toBe(200);
    expect((await (await fetchAs("box-binh")).json()).code).toBe("not-in-plan");
    await officer.post(`/api/v1/emergencies/${emergency.id}/cancel`);
    expect((await (await fetchAs("box-an")).json()).code).toBe("not-in-plan");
    const wrong = await officer.post("/api/v1/emergencies", {
      ...drill,
      headline: "Khác",
      correction: { clip },
    });
    expect((await fetchAs("box-an")).status).toBe(200);
    await officer.post(`/api/v1/emergencies/${(await wrong.json()).emergency.id}/correct`);
    expect((await fetchAs("box-an")).status).toBe(200);
    expect((await (await fetchAs("box-binh")).json()).code).toBe("not-in-plan");
  });
});

describe("why a box plays", () => {
  it("an emergency, and what waits for it meanwhile", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "author", "approver");
    const { emergency } = await (await officer.post("/api/v1/emergencies", drill)).json();
    const ask = async (query: string) => (await officer.get(`/api/v1/boxes/box-an/why${query}`)).json();
    await world.time.advance(5_000);
    const why = await ask("");
    expect(why).toMatchObject({
      occurrence: { id: emergency.occurrenceId },
      schedule: null,
      emergency: { id: emergency.id, severity: "exercise", headline: drill.headline },
      createdBy: { name: "lan" },
      outcome: { kind: "plays" },
    });
    expect(why.areaPath.filter((one: { isSource: boolean }) => one.isSource)).toMatchObject([{ id: "an" }]);
    expect(await ask(`?occurrence=${emergency.occurrenceId}`)).toMatchObject({ outcome: { kind: "plays" } });
    await officer.post(`/api/v1/emergencies/${emergency.id}/cancel`);
    expect(await ask("")).toMatchObject({ occurrence: null, emergency: null, outcome: { kind: "nothing" } });
  });
});

describe("cancelling an emergency", () => {
  it("is told with the person, and works once", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "approver");
    const { emergency } = await (await officer.post("/api/v1/emergencies", drill)).json();
    const other = await world.person("hoa", "tinh", "area-admin");
    const answer = await other.post(`/api/v1/emergencies/${emergency.id}/cancel`);
    expect(answer.status).toBe(200);
    expect((await answer.json()).emergency).toMatchObject({
      standing: "cancelled",
      cancelledBy: { id: "hoa", name: "hoa" },
    });
    const again = await officer.post(`/api/v1/emergencies/${emergency.id}/cancel`);
    expect(again.status).toBe(409);
    expect((await again.json()).code).toBe("emergency-over");
  });

  it("comes too late when it is over", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "approver");
    const { emergency } = await (await officer.post("/api/v1/emergencies", drill)).json();
    await world.time.advance(60 * 60_000);
    const late = await officer.post(`/api/v1/emergencies/${emergency.id}/cancel`);
    expect((await late.json()).code).toBe("emergency-over");
    const { emergencies } = await (await officer.get("/api/v1/emergencies")).json();
    expect(emergencies).toMatchObject([{ id: emergency.id, standing: "over" }]);
  });

  it("of a whole province is not for one commune, which has STOP", async () => {
    const world = await createApiWorld();
    const operator = await world.person("hoa", "tinh", "approver");
    const { emergency } = await (
      await operator.post("/api/v1/emergencies", { ...drill, areas: ["an", "binh"] })
    ).json();
    const officer = await world.person("lan", "an", "approver", "area-admin");
    const seen = await (await officer.get(`/api/v1/emergencies/${emergency.id}`)).json();
    // The commune hears it, so it sees it; where else it sounds is not told.
    expect(seen.emergency.areas).toEqual(["an"]);
    expect(seen.boxes.map((one: { boxId: string }) => one.boxId)).toEqual(["box-an"]);
    const refused = await officer.post(`/api/v1/emergencies/${emergency.id}/cancel`);
    expect((await refused.json()).code).toBe("forbidden");
  });
});

describe("the tally of an emergency", () => {
  it("says of each box how far it came, and why no further", async () => {
    const world = await createApiWorld();
    for (const name of ["heard", "mute", "refusing", "quiet", "waiting", "silenced", "stopped"]) {
      await addCluster(world.db, `cluster-${name}`, "an-thon");
      await addBox(world.db, `box-${name}`, `cluster-${name}`);
    }
    await world.fleet.load();
    const officer = await world.person("lan", "an", "approver");
    const { emergency } = await (await officer.post("/api/v1/emergencies", drill)).json();
    const told = await answersOf(world, emergency.id);
    await told("heard", "accepted");
    await told("mute", "accepted");
    await told("refusing", "refused", "stale-revision");
    await told("quiet", "accepted");
    await told("waiting", "pending");
    await told("silenced", "accepted");
    await told("stopped", "replaced");
    await told("an", "pending");
    await said(world, emergency, "heard", "heard", null);
    await said(world, emergency, "mute", "missed", "amplifier-silent");
    const onAir = {
      occurrenceId: emergency.occurrenceId,
      title: "",
      since: emergency.at,
      emergency: "exercise",
    };
    const online = { state: "online", since: emergency.at, heardAt: emergency.at };
    const fault = { kind: "amplifier-unreachable", severity: "critical", since: emergency.at };
    Object.assign(world.fleet.row("box-silenced"), { onAir, presence: online, faults: [fault] });
    Object.assign(world.fleet.row("box-quiet"), { presence: online });
    Object.assign(world.fleet.row("box-waiting"), { presence: online });
    const { tally, boxes } = await (await officer.get(`/api/v1/emergencies/${emergency.id}`)).json();
    expect(tally).toEqual({
      targeted: 8,
      acknowledged: 4,
      audible: 1,
      failed: 2,
      refused: 1,
      stopped: 1,
      waiting: 1,
      offline: 1,
    });
    const figures = await (await officer.get(`/api/v1/emergencies/${emergency.id}?boxes=none`)).json();
    expect(figures).toMatchObject({ tally, boxes: [] });
    const byBox = Object.fromEntries(
      boxes.map(({ boxId, state, reason, cause, verdict }: Record<string, string>) => [
        boxId,
        [state, reason ?? cause, verdict],
      ]),
    );
    expect(byBox).toEqual({
      "box-heard": ["audible", null, "heard"],
      "box-mute": ["failed", "amplifier-silent", "missed"],
      "box-refusing": ["refused", "stale-revision", null],
      "box-quiet": ["acknowledged", null, null],
      "box-waiting": ["waiting", null, null],
      "box-silenced": ["failed", "amplifier-unreachable", null],
      "box-stopped": ["stopped", null, null],
      "box-an": ["offline", "offline", null],
    });
  });

  it("remembers that a box has sounded, though it says nothing any more", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "approver");
    const { emergency } = await (await officer.post("/api/v1/emergencies", drill)).json();
    const at = plus(asInstant(emergency.at), 1_200);
    await insertSound(world.db, emergency.id, "box-an" as BoxId, at);
    const { boxes } = await (await officer.get(`/api/v1/emergencies/${emergency.id}`)).json();
    expect(boxes).toMatchObject([{ state: "audible", sounding: false, firstSoundAt: at }]);
  });
});

/** What boxes answered, as the outbox has it. */
describe("the correction of an emergency", () => {
  it("is tallied by box: who says it, who has said it, and who has heard what was wrong and not that it was", async () => {
    const world = await createApiWorld();
    for (const name of ["corrected", "saying", "owing", "broken", "mute"]) {
      await addCluster(world.db, `cluster-${name}`, "an-thon");
      await addBox(world.db, `box-${name}`, `cluster-${name}`);
    }
    await world.fleet.load();
    const officer = await world.person("lan", "an", "approver");
    const wrong = { ...drill, correction: null };
    const { emergency } = await (await officer.post("/api/v1/emergencies", wrong)).json();
    const path = `/api/v1/emergencies/${emergency.id}`;
    expect((await (await officer.get(path)).json()).correction).toBeNull();
    for (const name of ["corrected", "saying", "owing", "broken"])
      await said(world, emergency, name, "partial", "cancelled");
    await said(world, emergency, "mute", "missed", "amplifier-silent");
    await officer.post(`${path}/correct`);
    const { correction: prepared } = await world.db
      .selectFrom("emergency")
      .select("correction")
      .executeTakeFirstOrThrow();
    const { id } = JSON.parse(prepared ?? "");
    const said2 = { id, occurrenceId: `${id}@2026-11-23T05:00:00`, at: emergency.at };
    await said(world, said2, "corrected", "heard", null);
    const onAir = { occurrenceId: said2.occurrenceId, title: "", since: emergency.at, emergency: "exercise" };
    Object.assign(world.fleet.row("box-saying"), { onAir });
    // It says it to nobody: what it says owes it still, or never did.
    const faults = [{ kind: "amplifier-silent" }];
    for (const name of ["broken", "mute"]) Object.assign(world.fleet.row(`box-${name}`), { onAir, faults });
    const { correction, boxes } = await (await officer.get(path)).json();
    expect(correction).toEqual({ said: 1, saying: 1, owed: 2 });
    const byBox = boxes.map((one: Record<string, string>) => [one.boxId, one.correction]);
    expect(Object.fromEntries(byBox)).toEqual({
      "box-corrected": "said",
      "box-saying": "saying",
      "box-owing": "owed",
      "box-broken": "owed",
      "box-mute": null,
      "box-an": null,
    });
  });
});

async function answersOf(world: ApiWorld, emergency: string) {
  const { command_id } = await world.db
    .selectFrom("emergency")
    .where("id", "=", emergency)
    .select("command_id")
    .executeTakeFirstOrThrow();
  const at = world.time.clock.now();
  return (
    name: string,
    state: "accepted" | "refused" | "pending" | "replaced",
    reason: string | null = null,
  ) =>
    insertOutbox(world.db, [
      {
        commandId: command_id as never,
        boxId: `box-${name}` as BoxId,
        kind: "emergency",
        body: "{}",
        areaId: null,
        createdAt: at,
        expiresAt: null,
        attempts: 1,
        nextAt: at,
        state,
        reason,
        doneAt: null,
      },
    ]);
}

async function said(
  world: ApiWorld,
  emergency: { readonly id: string; readonly occurrenceId: string; readonly at: number },
  name: string,
  verdict: Verdict,
  cause: Cause | null,
): Promise<void> {
  await putBoxReceipt(world.db, {
    occurrenceId: occurrenceId.parse(emergency.occurrenceId),
    boxId: `box-${name}` as BoxId,
    sourceId: emergency.id as EmergencyId,
    dueAt: asInstant(emergency.at),
    verdict,
    cause,
    evidence: null,
    at: world.time.clock.now(),
  });
}
