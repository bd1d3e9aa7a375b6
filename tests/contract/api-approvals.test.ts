import { createHash } from "node:crypto";
import { newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import {
  approve,
  arm,
  assertion,
  drafted,
  flood,
  type KeyHolder,
  keyHolder,
  shownDraft,
  site,
} from "../support/armed-api.ts";

let world: ApiWorld;
let author: Person;
let first: KeyHolder;
let second: KeyHolder;
let chief: Person;

beforeEach(async () => {
  world = await createApiWorld();
  author = await world.person("tac-gia", "an", "approver");
  first = await keyHolder(world, "lan", "tinh");
  second = await keyHolder(world, "minh", "an", ["emergency-approver"], "EdDSA");
  chief = await world.person("truong", "tinh", "area-admin");
  await arm(chief);
});

const raised = () => world.db.selectFrom("emergency").selectAll().execute();
const acts = async () =>
  (await world.db.selectFrom("audit").select(["act", "user_id"]).orderBy("id").execute())
    .filter((row) => row.act.startsWith("emergency."))
    .map((row) => `${row.act} ${row.user_id}`);

async function refused(answer: Response | Promise<Response>, status: number, code: string): Promise<void> {
  const given = await answer;
  expect({ status: given.status, ...(await given.json()) }).toMatchObject({ status, code });
}

describe("two persons", () => {
  it("approve what a third one wrote, each with an own key, and it goes out with the second press", async () => {
    const draft = await drafted(author, { correction: null });
    expect(draft).toMatchObject({ standing: "open", needed: 2, mayApprove: false, whyNot: "author" });
    expect(draft.challenge).toBe(createHash("sha256").update(draft.payload).digest("base64url"));
    const seen = shownDraft.parse(
      await (await first.get(`/api/v1/emergency-drafts/${draft.id}`)).json(),
    ).draft;
    expect(seen).toMatchObject({
      mayApprove: true,
      whyNot: null,
      keys: [{ credential: first.key.credential }],
    });
    const one = await (await approve(draft, first)).json();
    expect(one).toMatchObject({
      emergency: null,
      draft: { standing: "open", approvals: [{ person: { id: "lan" } }] },
    });
    expect(await raised()).toEqual([]);
    const two = await (await approve(draft, second)).json();
    expect(two).toMatchObject({
      draft: { standing: "raised" },
      emergency: {
        id: draft.id,
        severity: "actual",
        raisedBy: { id: "tac-gia" },
        approvedBy: [{ id: "lan" }, { id: "minh" }],
        correction: "built-in",
        standing: "in-force",
      },
    });
    const [row] = await raised();
    expect(JSON.parse(row?.signed_order ?? "")).toMatchObject({ payload: draft.payload });
    expect(await acts()).toEqual([
      "emergency.drafted tac-gia",
      "emergency.approved lan",
      "emergency.approved minh",
    ]);
  });

  it("who press the last time at once raise it once", async () => {
    const third = await keyHolder(world, "hai", "tinh");
    await arm(chief);
    const draft = await drafted(author);
    await approve(draft, first);
    const answers = await Promise.all([approve(draft, second), approve(draft, third)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await raised()).toHaveLength(1);
    await refused(approve(draft, third), 409, "draft-over");
  });

  it("are told of the draft that is there when the author presses twice", async () => {
    const draft = await drafted(author);
    expect((await drafted(author)).id).toBe(draft.id);
    expect((await drafted(author, { headline: "Khác" })).id).not.toBe(draft.id);
    await world.time.advance(31_000);
    expect((await drafted(author)).id).not.toBe(draft.id);
  });
});

it("one person's drafts are few: nobody could read more", async () => {
  for (let count = 0; count < 20; count += 1) await drafted(author, { headline: `Bản ${count}` });
  await refused(author.post("/api/v1/emergencies", flood), 409, "too-many-drafts");
  const other = await world.person("khac", "an", "approver");
  expect((await drafted(other)).standing).toBe("open");
});

describe("an approval is refused", () => {
  it("from one person twice", async () => {
    const draft = await drafted(author);
    await approve(draft, first);
    await refused(approve(draft, first), 409, "already-approved");
    expect(await raised()).toEqual([]);
  });

  it("from the author, whatever roles and keys the author has", async () => {
    const both = await keyHolder(world, "ca-hai", "an", ["approver", "emergency-approver"]);
    await arm(chief);
    await refused(approve(await drafted(both), both), 403, "same-person");
  });

  it("when the text was another one: the same key on another draft does not count here", async () => {
    const draft = await drafted(author);
    const edited = await drafted(author, { headline: "Lũ về, di dời ngay!" });
    const path = `/api/v1/emergency-drafts/${edited.id}/approvals`;
    await refused(first.post(path, assertion(first.key, draft.challenge)), 422, "approval-refused");
  });

  it("when it comes too late, or after the draft was withdrawn", async () => {
    const late = await drafted(author, { approveWithinMin: 5 });
    await approve(late, first);
    await world.time.advance(5 * 60_000);
    await refused(approve(late, second), 409, "draft-over");
    const gone = await drafted(author);
    const withdrawn = await author.post(`/api/v1/emergency-drafts/${gone.id}/withdraw`);
    expect(await withdrawn.json()).toMatchObject({ draft: { standing: "withdrawn" } });
    await refused(approve(gone, first), 409, "draft-over");
    await refused(author.post(`/api/v1/emergency-drafts/${gone.id}/withdraw`), 409, "draft-over");
    expect(await raised()).toEqual([]);
  });

  it("from a person whose role does not reach all of its areas, by Loa or by the roster", async () => {
    const stranger = await keyHolder(world, "binh", "binh");
    const clerk = await keyHolder(world, "van-thu", "an", ["viewer"]);
    const wide = await world.person("tinh-soan", "tinh", "approver");
    await arm(chief);
    const everywhere = await drafted(wide, { areas: ["an", "binh"] });
    await refused(approve(everywhere, second), 403, "forbidden");
    await refused(approve(await drafted(author), clerk), 403, "forbidden");
    await refused(approve(await drafted(author), stranger), 404, "not-found");
  });

  it("from a person whose key came after the roster, and with a key of somebody else", async () => {
    const late = await keyHolder(world, "moi", "an");
    const draft = await drafted(author);
    await refused(approve(draft, late), 403, "no-approval-key");
    await refused(approve(draft, { ...second, key: first.key }), 403, "no-approval-key");
  });

  it("from a key that its person has removed, though boxes believe it until the next roster", async () => {
    const draft = await drafted(author);
    await world.db.deleteFrom("passkey").where("user_id", "=", "lan").execute();
    await refused(approve(draft, first), 403, "no-approval-key");
  });

  it("when the assertion is forged, from another page, or made without the person", async () => {
    const draft = await drafted(author);
    const path = `/api/v1/emergency-drafts/${draft.id}/approvals`;
    const good = assertion(first.key, draft.challenge);
    const forged = { ...newSoftwareKey(site.rpId, site.origin), credential: first.key.credential };
    const elsewhere = { ...first.key, origin: "https://loa.evil.example" };
    const otherSite = { ...first.key, rpId: "evil.example" };
    const tried = [
      assertion(forged, draft.challenge),
      assertion(elsewhere, draft.challenge),
      assertion(otherSite, draft.challenge),
      assertion(first.key, draft.challenge, { flags: 0x01 }),
      assertion(first.key, draft.challenge, { type: "webauthn.create" }),
      { ...good, signature: "AAAA" },
    ];
    for (const one of tried) await refused(first.post(path, one), 422, "approval-refused");
    expect((await first.post(path, good)).status).toBe(200);
  });
});

describe("where no roster is in force", () => {
  it("one person raises it on the loopback, and nobody does elsewhere", async () => {
    const local = await createApiWorld();
    const alone = await local.person("hoa", "an", "approver");
    expect((await alone.post("/api/v1/emergencies", flood)).status).toBe(201);
    const open = await createApiWorld({ publicUrl: "https://loa.example.vn" });
    const officer = await open.person("hoa", "an", "approver");
    await refused(officer.post("/api/v1/emergencies", flood), 409, "no-roster");
    expect(await open.db.selectFrom("emergency").selectAll().execute()).toEqual([]);
  });
});

describe("one in force", () => {
  async function inForce(more: object = {}) {
    const draft = await drafted(author, more);
    await approve(draft, first);
    await approve(draft, second);
    return draft.id;
  }

  it("is corrected in one press by one person, where a correction was prepared", async () => {
    const id = await inForce({ correction: null });
    const corrected = await author.post(`/api/v1/emergencies/${id}/correct`);
    expect(await corrected.json()).toMatchObject({ emergency: { standing: "cancelled" } });
    await refused(author.post(`/api/v1/emergencies/${id}/correct`), 409, "emergency-over");
    const plain = await inForce({ headline: "Không đính chính" });
    await refused(author.post(`/api/v1/emergencies/${plain}/correct`), 409, "no-correction");
  });

  it("is named by the one that takes its place, which needs two persons again", async () => {
    const id = await inForce();
    const next = await drafted(author, { headline: "Lũ lớn hơn", replaces: id });
    expect(JSON.parse(next.payload)).toMatchObject({ replaces: id });
    const exercise = { ...flood, severity: "exercise", confirm: "DIỄN TẬP", replaces: id };
    await refused(author.post("/api/v1/emergencies", exercise), 409, "other-severity");
    await author.post(`/api/v1/emergencies/${id}/cancel`);
    const late = await author.post("/api/v1/emergencies", { ...flood, headline: "Nữa", replaces: id });
    await refused(late, 409, "emergency-over");
  });

  it("written anew is another draft of the same contents, by whoever asks", async () => {
    const draft = await drafted(author, { approveWithinMin: 5 });
    await world.time.advance(6 * 60_000);
    const answer = await author.post(`/api/v1/emergency-drafts/${draft.id}/again`);
    expect(answer.status).toBe(202);
    const { draft: anew } = shownDraft.parse(await answer.json());
    expect(anew).toMatchObject({ standing: "open", approvals: [] });
    expect(anew.id).not.toBe(draft.id);
    expect(JSON.parse(anew.payload)).toMatchObject({ headline: flood.headline, areas: ["an"] });
  });
});
