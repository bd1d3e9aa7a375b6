import { readRoster } from "@loa/shared/trust/roster.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import {
  approve,
  arm,
  assertion,
  drafted,
  keyHolder,
  proposed,
  signedBy,
  site,
} from "../support/armed-api.ts";
import { softwarePasskey } from "../support/software-passkey.ts";

const path = "/api/v1/passkeys";

let world: ApiWorld;
let chief: Person;

beforeEach(async () => {
  world = await createApiWorld();
  chief = await world.person("truong", "tinh", "area-admin");
});

const acts = async (of: string) =>
  (await world.db.selectFrom("audit").select(["act", "detail"]).orderBy("id").execute())
    .filter(({ act }) => act.startsWith(of))
    .map(({ act, detail }) => ({ act, ...JSON.parse(detail) }));

async function register(person: Person, purpose: "sign-in" | "approve") {
  const key = purpose === "approve" ? softwarePasskey("ES256", site) : softwarePasskey();
  const options = await (await person.post(`${path}/options?purpose=${purpose}`)).json();
  const made = await person.post(path, { name: purpose, passkey: key.register(options) });
  expect(await made.json()).toMatchObject({ id: key.credentialId, purpose });
  return { ...key, options };
}

describe("a key for approving", () => {
  it("is another one than the key for signing in, and the roster takes no other", async () => {
    const lan = await world.person("lan", "an", "emergency-approver");
    const forSignIn = await register(lan, "sign-in");
    const forApproving = await register(lan, "approve");
    // One authenticator keeps both, and its person sees which of them is asked for.
    expect(forApproving.options.user.id).not.toBe(forSignIn.options.user.id);
    expect(forApproving.options.user.name).toContain("phê duyệt");
    expect(forApproving.options.authenticatorSelection.residentKey).toBe("discouraged");
    const credentials = readRoster((await proposed(chief)).payload)?.keys.map(
      (key) => key.passkey?.credential,
    );
    expect(credentials).toEqual([undefined, forApproving.credentialId]);
  });

  it("opens nothing: a challenge for coming in may be the hash of an emergency", async () => {
    const lan = await world.person("lan", "an", "emergency-approver");
    const key = await register(lan, "approve");
    const entrance = await (await world.anybody.post("/api/v1/session/passkey/options")).json();
    expect((await world.anybody.post("/api/v1/session/passkey", key.sign(entrance))).status).toBe(401);
    const proof = await (await lan.post("/api/v1/session/step-up/options")).json();
    expect(proof.allowCredentials ?? []).toEqual([]);
    expect((await lan.post("/api/v1/session/step-up", { passkey: key.sign(proof) })).status).toBe(401);
  });

  it("is every key that stands in the roster, whatever it was made for", async () => {
    const lan = await keyHolder(world, "lan", "an");
    await arm(chief);
    await world.db.updateTable("passkey").set({ purpose: "sign-in" }).execute();
    const { challenge, allowCredentials } = await (await lan.post("/api/v1/session/step-up/options")).json();
    expect(allowCredentials ?? []).toEqual([]);
    const { credential: id, ...response } = assertion(lan.key, challenge);
    const passkey = { id, rawId: id, type: "public-key", response };
    expect((await lan.post("/api/v1/session/step-up", { passkey })).status).toBe(401);
  });
});

it("a signature that was made for signing in is no approval, though its challenge is the hash of the order", async () => {
  const author = await world.person("tac-gia", "an", "approver");
  const lan = await keyHolder(world, "lan", "tinh");
  await arm(chief);
  const draft = await drafted(author);
  const path = `/api/v1/emergency-drafts/${draft.id}/approvals`;
  const pages = { rpId: "localhost", origin: "http://localhost:8080" };
  // What boxes ask of it, too: `isApprovedBy` is the same for both.
  for (const site of [pages, { ...pages, rpId: lan.key.rpId }, { ...pages, origin: lan.key.origin }]) {
    const answer = await lan.post(path, assertion({ ...lan.key, ...site }, draft.challenge));
    expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({ code: "approval-refused" });
  }
  expect((await lan.post(path, assertion(lan.key, draft.challenge))).status).toBe(200);
});

describe("a count of signatures that does not rise", () => {
  it("is told as a copied key, once, and the approval counts: a province may wait for it", async () => {
    const author = await world.person("tac-gia", "an", "approver");
    const lan = await keyHolder(world, "lan", "tinh");
    const minh = await keyHolder(world, "minh", "tinh");
    await arm(chief);
    const copiedKeys = async () => {
      const { roster } = await (await chief.get("/api/v1/roster")).json();
      return roster.keys.flatMap((key: { copiedAt: unknown; holder: { name: string } | null }) =>
        key.copiedAt === null ? [] : [key.holder?.name],
      );
    };
    const approveCounting = async (count: number, headline = `Lũ ${count}`) => {
      const draft = await drafted(author, { headline });
      const signed = assertion(lan.key, draft.challenge, { count });
      expect((await lan.post(`/api/v1/emergency-drafts/${draft.id}/approvals`, signed)).status).toBe(200);
      return draft;
    };
    await approveCounting(3);
    await approveCounting(4);
    expect(await copiedKeys()).toEqual([]);
    const draft = await approveCounting(4, "Lũ lần nữa");
    await approveCounting(2);
    expect(await copiedKeys()).toEqual(["lan"]);
    expect(await acts("passkey.copied")).toEqual([
      { act: "passkey.copied", passkey: lan.key.credential, purpose: "approve" },
    ]);
    expect(await (await approve(draft, minh)).json()).toMatchObject({ draft: { standing: "raised" } });
    const { passkeys } = await (await lan.get(path)).json();
    expect(passkeys).toMatchObject([{ copiedAt: world.time.clock.now() }]);
  });

  it("is told of a key for signing in, too, which opens nothing", async () => {
    const lan = await world.person("lan", "an", "author");
    const key = await register(lan, "sign-in");
    const signIn = async (count: number) => {
      const options = await (await world.anybody.post("/api/v1/session/passkey/options")).json();
      return (await world.anybody.post("/api/v1/session/passkey", key.sign(options, undefined, count)))
        .status;
    };
    expect([await signIn(5), await signIn(6), await signIn(6)]).toEqual([200, 200, 401]);
    expect(await acts("passkey.copied")).toHaveLength(1);
  });
});

it("what was proposed and what was refused of a roster is on record", async () => {
  await keyHolder(world, "lan", "an");
  const signed = await proposed(chief, {}, 1);
  expect((await chief.post("/api/v1/roster", signed)).status).toBe(422);
  expect((await chief.post("/api/v1/roster", signedBy("nonsense", 2))).status).toBe(422);
  expect(await acts("roster.")).toMatchObject([
    { act: "roster.proposed", version: 1, root: ["root-1", "root-2", "root-3"] },
    { act: "roster.refused", version: 1, reason: "own-root-not-enough", signers: ["root-1"] },
    { act: "roster.refused", version: null, reason: "malformed" },
  ]);
});
