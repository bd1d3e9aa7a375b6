import type { Role } from "@loa/controller/domain/access.ts";
import { insertPasskey } from "@loa/controller/store/passkeys.ts";
import type { UserId } from "@loa/shared/kernel/ids.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import {
  type AssertionFacts,
  approveWith,
  newSoftwareKey,
  type SoftwareKey,
} from "@loa/shared/node/software-authenticator.ts";
import { coseKeyOf } from "@loa/shared/node/software-registration.ts";
import type { KeyAlgorithm } from "@loa/shared/trust/keys.ts";
import { rosterSigned, type SignedRoster } from "@loa/shared/trust/roster.ts";
import { z } from "zod";
import type { ApiWorld, Person } from "./api-world.ts";
import { rootOf, rootPairs } from "./trust-world.ts";

/** A person of an API world with a passkey in software. */
export interface KeyHolder extends Person {
  readonly name: string;
  readonly key: SoftwareKey;
}

export const site = { rpId: "approve.localhost", origin: "http://approve.localhost:8080" } as const;

export async function keyHolder(
  world: ApiWorld,
  name: string,
  area: string,
  roles: readonly Role[] = ["emergency-approver"],
  algorithm: KeyAlgorithm = "ES256",
): Promise<KeyHolder> {
  const person = await world.person(name, area, ...roles);
  const key = newSoftwareKey(site.rpId, site.origin, algorithm);
  await insertPasskey(world.db, {
    credentialId: key.credential,
    userId: name as UserId,
    publicKey: new Uint8Array(coseKeyOf(key)),
    algorithm,
    counter: 0,
    transports: ["internal"],
    name: "software",
    purpose: "approve",
    createdAt: world.time.clock.now(),
    lastUsedAt: null,
    copiedAt: null,
  });
  return { ...person, name, key };
}

const proposal = z.object({ payload: z.string() });

/** What the controller proposes, signed by so many holders of the root. */
export async function proposed(admin: Person, more: object = {}, holders = 2): Promise<SignedRoster> {
  const wishes = { root: rootOf(rootPairs), ...more };
  const answer = await admin.post("/api/v1/roster/proposal", wishes);
  return signedBy(proposal.parse(await answer.json()).payload, holders);
}

export function signedBy(payload: string, holders: number, pairs = rootPairs): SignedRoster {
  const signatures = pairs.slice(0, holders).map(({ privateKey }, index) => ({
    key: `root-${index + 1}`,
    signature: nodeCrypto.sign(privateKey, rosterSigned(payload)),
  }));
  return { payload, signatures };
}

/** Everybody's passkeys are in the roster from now on. */
export async function arm(admin: Person): Promise<void> {
  const answer = await admin.post("/api/v1/roster", await proposed(admin));
  if (answer.status !== 201) throw new Error(await answer.text());
}

export const flood = {
  areas: ["an"],
  severity: "actual",
  headline: "Lũ về, di dời ngay",
  message: null,
  confirm: "KHẨN CẤP",
};

export const shownDraft = z.object({
  draft: z.object({
    id: z.string(),
    payload: z.string(),
    challenge: z.string(),
    standing: z.string(),
    needed: z.number(),
    approvals: z.array(z.object({ person: z.object({ id: z.string() }) })),
    mayApprove: z.boolean(),
    whyNot: z.string().nullable(),
    keys: z.array(z.object({ key: z.string(), credential: z.string(), rpId: z.string() })),
    approveBy: z.number(),
  }),
});
export type ShownDraft = z.infer<typeof shownDraft>["draft"];

export async function drafted(author: Person, more: object = {}): Promise<ShownDraft> {
  const answer = await author.post("/api/v1/emergencies", { ...flood, ...more });
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
  return shownDraft.parse(await answer.json()).draft;
}

/** What a page sends when the person has touched the key for this challenge. */
export function assertion(key: SoftwareKey, challenge: string, changed: Partial<AssertionFacts> = {}) {
  const { key: _, ...signed } = approveWith(key, "k", challenge, changed);
  return { credential: key.credential, ...signed };
}

export function approve(
  { id, challenge }: Pick<ShownDraft, "id" | "challenge">,
  by: KeyHolder,
): Promise<Response> {
  return by.post(`/api/v1/emergency-drafts/${id}/approvals`, assertion(by.key, challenge));
}
