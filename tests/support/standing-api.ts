import { expect } from "vitest";
import { z } from "zod";
import { createApiWorld, HOST, ORIGIN, type Person } from "./api-world.ts";
import { arm, assertion, flood, type KeyHolder, keyHolder } from "./armed-api.ts";
import { areaOf } from "./cap-messages.ts";
import { signingService } from "./signed-cap.ts";
import { type AlertWish, alertAt, SENDER } from "./standing-approvals.ts";

export const service = await signingService("ec");

export const wish = {
  ...flood,
  sender: SENDER,
  events: ["Lũ quét"],
  times: 3,
  durationMin: 120,
  correction: null,
  validDays: 30,
};

const shown = z.object({
  standingApproval: z.object({
    id: z.string(),
    payload: z.string(),
    challenge: z.string(),
    state: z.string(),
    needed: z.number(),
    mayApprove: z.boolean(),
    whyNot: z.string().nullable(),
    uses: z.number(),
    isKeyKnown: z.boolean(),
    codes: z.number(),
    approvals: z.array(z.object({ person: z.object({ id: z.string() }) })),
  }),
});

/** A world with a roster, three holders of keys, and a sender whose certificate is known. */
export async function armedWorld() {
  const world = await createApiWorld();
  const admin = await world.person("root", "tinh", "area-admin");
  const author = await keyHolder(world, "mot", "tinh", ["approver", "emergency-approver"]);
  const hai = await keyHolder(world, "hai", "tinh");
  const ba = await keyHolder(world, "ba", "tinh", ["emergency-approver"], "EdDSA");
  await arm(admin);
  const { token } = await (await admin.send("PUT", `/api/v1/cap-senders/${SENDER}`)).json();
  const pem = service.certificate;
  await admin.send("PUT", `/api/v1/cap-senders/${SENDER}/certificate`, { pem });
  const write = async (more: object = {}) => {
    const answer = await author.post("/api/v1/standing-approvals", { ...wish, ...more });
    if (answer.status !== 202) throw new Error(await answer.text());
    return shown.parse(await answer.json()).standingApproval;
  };
  const approve = (one: { id: string; challenge: string }, by: KeyHolder) =>
    by.post(`/api/v1/standing-approvals/${one.id}/approvals`, assertion(by.key, one.challenge));
  const found = async (id: string, by: Person = admin) =>
    shown.parse(await (await by.get(`/api/v1/standing-approvals/${id}`)).json()).standingApproval;
  const list = async (path: string, name: string) => (await (await admin.get(path)).json())[name];
  return {
    ...world,
    ...{ admin, author, hai, ba, write, approve, found },
    /** In force, by two persons. */
    async granted(more: object = {}) {
      const one = await write(more);
      expect((await approve(one, hai)).status).toBe(200);
      expect((await approve(one, ba)).status).toBe(200);
      return await found(one.id);
    },
    now: () => world.time.clock.now(),
    alert: (change: AlertWish = {}) => alertAt(world.time.clock.now(), { area: areaOf("an"), ...change }),
    async sends(document: string, status = 201) {
      const answer = await world.api.request(`${ORIGIN}/api/v1/cap`, {
        method: "POST",
        headers: { host: HOST, "content-type": "application/cap+xml", authorization: `Bearer ${token}` },
        body: document,
      });
      expect(answer.status, await answer.clone().text()).toBe(status);
    },
    emergencies: () => list("/api/v1/emergencies", "emergencies"),
    drafts: () => list("/api/v1/emergency-drafts", "drafts"),
    alerts: () => list("/api/v1/cap", "alerts"),
  };
}
