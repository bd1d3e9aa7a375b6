import type { PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import { areaId, userId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { type KeyPair, newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { publicKeyOfSoftware, type SoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import type { KeyClass } from "@loa/shared/trust/keys.ts";
import {
  type Roster,
  type RosterKey,
  rosterSigned,
  rosterText,
  type SignedRoster,
} from "@loa/shared/trust/roster.ts";

export const now = asInstant(Date.UTC(2026, 10, 23, 1));
const year = { from: now, to: plus(now, 365 * DAY_MS) };

/** Three persons who hold the offline root; two of them are enough. */
export const rootPairs = [newKeyPair(), newKeyPair(), newKeyPair()] as const;

export function rootOf(pairs: readonly KeyPair[], threshold = 2): Roster["root"] {
  return { keys: pairs.map(({ publicKey }, index) => ({ id: `root-${index + 1}`, publicKey })), threshold };
}

export function personKey(
  person: string,
  key: SoftwareKey,
  classes: readonly KeyClass[],
  areas: readonly string[],
): RosterKey {
  return {
    id: person,
    algorithm: key.algorithm,
    publicKey: publicKeyOfSoftware(key),
    holder: { person: userId.parse(person), name: person },
    passkey: { credential: key.credential, rpId: key.rpId, origins: [key.origin] },
    grants: [{ classes: [...classes], areas: areas.map((one) => areaId.parse(one)), ...year }],
  };
}

/** The controller's online key, for everything but approving. */
export function machineKey(publicKey: PublicKey, province = "tinh", id = "controller"): RosterKey {
  const classes: KeyClass[] = ["ordinary", "stop", "emergency"];
  return {
    id,
    algorithm: "EdDSA",
    publicKey,
    holder: null,
    passkey: null,
    grants: [{ classes, areas: [areaId.parse(province)], ...year }],
  };
}

export function rosterWith(keys: readonly RosterKey[], more: Partial<Roster> = {}): Roster {
  return {
    v: 1,
    province: areaId.parse("tinh"),
    version: 1,
    issuedAt: now,
    expiresAt: year.to,
    root: rootOf(rootPairs),
    approvals: { actual: 2, exercise: 2 },
    safety: null,
    keys: [...keys],
    ...more,
  };
}

export function signRoster(
  roster: Roster,
  by: readonly { readonly id: string; readonly privateKey: SigningKey }[],
): SignedRoster {
  const payload = rosterText(roster);
  return {
    payload,
    signatures: by.map(({ id, privateKey }) => ({
      key: id,
      signature: nodeCrypto.sign(privateKey, rosterSigned(payload)),
    })),
  };
}

/** The first so many of the holders sign. */
export function signers(count: number, pairs: readonly KeyPair[] = rootPairs) {
  return pairs.slice(0, count).map(({ privateKey }, index) => ({ id: `root-${index + 1}`, privateKey }));
}
