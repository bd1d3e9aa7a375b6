import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import { readOrder } from "@loa/shared/trust/order.ts";
import { readStandingApproval } from "@loa/shared/trust/standing-approval.ts";
import { expect, it } from "vitest";
import { createApiWorld, type Person } from "../support/api-world.ts";
import { arm, drafted, flood, type KeyHolder, keyHolder } from "../support/armed-api.ts";
import { signingService } from "../support/signed-cap.ts";
import { SENDER } from "../support/standing-approvals.ts";

/** An author whose typed messages nobody else has in a bulletin, an approver above, and a stranger. */
async function before() {
  const world = await createApiWorld();
  const admin = await world.person("root", "tinh", "area-admin");
  const author = await world.person("lan", "an", "author", "approver");
  const approver = await keyHolder(world, "hai", "tinh");
  const stranger = await world.person("binh", "binh", "approver", "author");
  await arm(admin);
  const typed = async (text: string) => {
    const answer = await author.post("/api/v1/speech", { text, dialect: "north", rate: 140 });
    const { clip, spoken } = await answer.json();
    return { clip: clip.sha256 as string, spoken: spoken as string };
  };
  const message = await typed("Lũ về lúc 5 giờ.");
  const correction = await typed("Tin trước là nhầm.");
  return { ...world, admin, author, approver, stranger, message, correction };
}

const isHeardBy = async (person: Person | KeyHolder, clip: string) =>
  (await person.get(`/api/v1/clips/${clip}/audio`)).status === 200;

it("of an emergency: the words and the sound of the message, and of what is said if it was wrong", async () => {
  const { author, approver, stranger, message, correction } = await before();
  const wish = { message: { clip: message.clip }, correction: { clip: correction.clip } };
  const { id } = await drafted(author, wish);
  const { draft } = await (await approver.get(`/api/v1/emergency-drafts/${id}`)).json();
  expect(draft).toMatchObject({
    clip: message.clip,
    spoken: message.spoken,
    correctionClip: correction.clip,
    correctionSpoken: correction.spoken,
  });
  const order = readOrder(draft.payload);
  expect(order?.notice?.sha256).toBe(draft.clip);
  expect(order?.kind === "emergency" && order.correction?.notice?.sha256).toBe(draft.correctionClip);
  expect(draft.challenge).toBe(challengeOf(draft.payload, nodeCrypto));
  for (const { clip } of [message, correction]) {
    expect(await isHeardBy(approver, clip)).toBe(true);
    expect(await isHeardBy(stranger, clip)).toBe(false);
  }
});

it("of a standing approval: the same", async () => {
  const { admin, author, approver, stranger, message, correction } = await before();
  const { certificate: pem } = await signingService("ec");
  await admin.send("PUT", `/api/v1/cap-senders/${SENDER}`);
  await admin.send("PUT", `/api/v1/cap-senders/${SENDER}/certificate`, { pem });
  const written = await author.post("/api/v1/standing-approvals", {
    ...flood,
    ...{ sender: SENDER, events: ["Lũ quét"], validDays: 30 },
    ...{ message: { clip: message.clip }, correction: { clip: correction.clip } },
  });
  const { id } = (await written.json()).standingApproval;
  const { standingApproval } = await (await approver.get(`/api/v1/standing-approvals/${id}`)).json();
  expect(standingApproval).toMatchObject({
    clip: message.clip,
    spoken: message.spoken,
    correctionClip: correction.clip,
    correctionSpoken: correction.spoken,
  });
  const text = readStandingApproval(standingApproval.payload);
  expect([text?.notice?.sha256, text?.correction?.notice?.sha256]).toEqual([message.clip, correction.clip]);
  expect(standingApproval.challenge).toBe(challengeOf(standingApproval.payload, nodeCrypto));
  for (const { clip } of [message, correction]) {
    expect(await isHeardBy(approver, clip)).toBe(true);
    expect(await isHeardBy(stranger, clip)).toBe(false);
  }
});
