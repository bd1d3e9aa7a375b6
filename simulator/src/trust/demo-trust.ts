import type { UserId } from "@loa/shared/kernel/ids.ts";
import { type KeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import type { SoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import type { Roster } from "@loa/shared/trust/roster.ts";
import { z } from "zod";
import type { Operator } from "../operator.ts";
import { newRootHolders, rootHolder, rootOf, signedByHolders } from "./root-holders.ts";
import {
  approveDraft,
  approveStanding,
  newApprover,
  registerKey,
  type SoftwareApprover,
  softwareApprover,
} from "./software-approver.ts";

/** The other persons of a simulated province: who holds its offline root, and who approves emergencies. */
export const trustState = z.strictObject({
  holders: z.array(rootHolder).min(1),
  approvers: z.array(softwareApprover),
  /** Where the roster says that the pages are. */
  origin: z.string(),
});
export type TrustState = z.infer<typeof trustState>;

export interface DemoTrust {
  readonly state: TrustState;
  readonly approvers: readonly { readonly person: UserId; readonly name: string }[];
  /** This person signs what the draft says now. */
  approve(draft: string, person: string): Promise<Approved | null>;
  /** The same for a standing approval. False: there is no such person. */
  approveStanding(id: string, person: string): Promise<boolean>;
  /** The holders of the root sign what the controller proposes: whoever has a passkey and the role by then. */
  signRoster(changed?: Partial<Pick<Roster, "safety" | "approvals">>): Promise<number>;
}

export interface Approved {
  readonly draft: unknown;
  readonly emergency: unknown;
}

/** How the persons reach the controller, and where its persons approve. */
export interface TrustSurroundings {
  readonly newOperator: () => Operator;
  readonly admin: { readonly name: string; readonly password: string };
  readonly province: string;
  readonly site: { readonly rpId: string; readonly origin: string };
}

/** The site of an address. */
export function siteAt(origin: string): TrustSurroundings["site"] {
  return { rpId: new URL(origin).hostname, origin };
}

const APPROVERS = ["duyet-1", "duyet-2"] as const;
const approvedAnswer = z.object({ draft: z.unknown(), emergency: z.unknown() });
const proposal = z.object({ payload: z.string() });
const taken = z.object({ version: z.number() });

/** New keys for all of them, and a first roster: from now on two persons must approve. */
export async function makeTrust(around: TrustSurroundings, newPair: () => KeyPair): Promise<DemoTrust> {
  const admin = await signedIn(around, around.admin);
  const approvers: SoftwareApprover[] = [];
  for (const name of APPROVERS) {
    const key = softwareKeyFrom(newPair(), around.site);
    const approver = await newApprover(admin, { name, province: around.province, key });
    await registerKey(await signedIn(around, approver), approver);
    approvers.push(approver);
  }
  const { origin } = around.site;
  const trust = openTrust(around, { holders: [...newRootHolders(newPair)], approvers, origin });
  await trust.signRoster();
  return trust;
}

/** The persons of an earlier start. Where the pages have another address now, the roster must say so. */
export async function reopenTrust(around: TrustSurroundings, state: TrustState): Promise<DemoTrust> {
  const { origin } = around.site;
  if (state.origin === origin) return openTrust(around, state);
  const approvers = state.approvers.map((one) => ({ ...one, key: { ...one.key, ...around.site } }));
  const moved = openTrust(around, { ...state, approvers, origin });
  await moved.signRoster();
  return moved;
}

function openTrust(around: TrustSurroundings, state: TrustState): DemoTrust {
  const sessions = new Map<string, Operator>();

  async function sessionOf(approver: SoftwareApprover): Promise<Operator> {
    const known = sessions.get(approver.person);
    if (known !== undefined && (await known.ask("GET", "/api/v1/session")).status === 200) return known;
    const own = await signedIn(around, approver);
    sessions.set(approver.person, own);
    return own;
  }

  return {
    state,
    approvers: state.approvers.map(({ person, name }) => ({ person, name })),
    async approve(draft, person) {
      const approver = state.approvers.find((one) => one.person === person);
      if (approver === undefined) return null;
      return await approveDraft(await sessionOf(approver), approver, draft, approvedAnswer);
    },
    async approveStanding(id, person) {
      const approver = state.approvers.find((one) => one.person === person);
      if (approver === undefined) return false;
      await approveStanding(await sessionOf(approver), approver, id);
      return true;
    },
    async signRoster(changed = {}) {
      const admin = await signedIn(around, around.admin);
      const wanted = { root: rootOf(state.holders), ...changed };
      const { payload } = await admin.do("POST", "/api/v1/roster/proposal", proposal, wanted);
      const signed = signedByHolders(payload, state.holders);
      return (await admin.do("POST", "/api/v1/roster", taken, signed)).version;
    },
  };
}

/** Freshly: what they do needs a proof of who they are. */
async function signedIn(
  { newOperator }: TrustSurroundings,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<Operator> {
  const person = newOperator();
  await person.signIn(name, password);
  return person;
}

function softwareKeyFrom({ privateKey }: KeyPair, site: TrustSurroundings["site"]): SoftwareKey {
  const credential = nodeCrypto.sha256Hex(privateKey).slice(0, 32);
  return { algorithm: "EdDSA", credential, ...site, privateKey };
}
