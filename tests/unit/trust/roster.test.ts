import { areaId } from "@loa/shared/kernel/ids.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { sealingKeyOf } from "@loa/shared/trust/authority.ts";
import {
  chainOf,
  followRosters,
  nextRoster,
  type Roster,
  type SignedRoster,
} from "@loa/shared/trust/roster.ts";
import { expect, test } from "vitest";
import {
  machineKey,
  personKey,
  rootOf,
  rootPairs,
  rosterWith,
  signers,
  signRoster,
} from "../../support/trust-world.ts";

const online = newKeyPair();
const keys = [machineKey(online.publicKey)];
const version = (number: number, more: Partial<Roster> = {}) =>
  rosterWith(keys, { version: number, ...more });
const first = signRoster(version(1), signers(2));
const known = version(1);

test("two of three holders of the root put a roster into force, one does not", () => {
  expect(nextRoster(null, null, first, nodeCrypto)).toEqual({ ok: true, value: known });
  expect(nextRoster(null, null, signRoster(known, signers(1)), nodeCrypto)).toEqual({
    ok: false,
    error: "own-root-not-enough",
  });
});

test("one holder who signs twice is one", () => {
  const [one] = signers(1);
  const twice = one === undefined ? [] : [one, one];
  expect(nextRoster(null, null, signRoster(known, twice), nodeCrypto).ok).toBe(false);
});

test("a box whose image names the root takes no roster of another one", () => {
  const strangers = [newKeyPair(), newKeyPair()];
  const foreign = signRoster(version(1, { root: rootOf(strangers) }), signers(2, strangers));
  expect(nextRoster(null, rootOf(rootPairs), foreign, nodeCrypto)).toEqual({
    ok: false,
    error: "root-not-enough",
  });
});

test.each([
  ["an older version", signRoster(known, signers(2)), "stale-version"],
  [
    "another province",
    signRoster(version(3, { province: areaId.parse("khac") }), signers(2)),
    "other-province",
  ],
  ["one holder alone", signRoster(version(3), signers(1)), "root-not-enough"],
  ["a changed text", { ...signRoster(version(3), signers(2)), payload: first.payload }, "stale-version"],
  ["no roster at all", { payload: "{}", signatures: [] }, "malformed"],
] satisfies [string, SignedRoster, string][])(
  "versions only rise: %s is refused",
  (_name, offered, error) => {
    expect(nextRoster(version(2), null, offered, nodeCrypto)).toEqual({ ok: false, error });
  },
);

test("a box that was off follows the root over several versions, and cannot leave one out", () => {
  const newPairs = [newKeyPair(), newKeyPair(), newKeyPair()];
  const lastPairs = [newKeyPair(), newKeyPair()];
  const second = signRoster(version(2), signers(2));
  // The holders before and the new ones sign the change together.
  const third = signedByBoth(version(3, { root: rootOf(newPairs) }), rootPairs, newPairs);
  const fourth = signedByBoth(version(4, { root: rootOf(lastPairs) }), newPairs, lastPairs);
  const all = [first, second, third, fourth];
  expect(chainOf(all)).toEqual([second, third, fourth]);
  expect(followRosters(known, null, chainOf(all), nodeCrypto).roster?.version).toBe(4);
  const jumped = followRosters(known, null, [fourth], nodeCrypto);
  expect(jumped).toEqual({ roster: known, signed: null, refused: "root-not-enough" });
});

function signedByBoth(
  roster: Roster,
  before: typeof rootPairs | ReturnType<typeof newKeyPair>[],
  own: typeof before,
) {
  const pairs = [...before, ...own];
  const named = [...roster.root.keys];
  const by = pairs.map((pair, index) => ({
    // Ids are of their own root: what counts is that the key of that name has signed.
    id: index < before.length ? `root-${index + 1}` : (named[index - before.length]?.id ?? ""),
    privateKey: pair.privateKey,
  }));
  return signRoster(roster, by);
}

test("a person's passkey seals no envelope, of whatever kind it is and whatever it was granted", () => {
  const passkey = newSoftwareKey("loa.example.vn", "https://loa.example.vn", "EdDSA");
  const roster = rosterWith([...keys, personKey("ba", passkey, ["emergency"], ["tinh"])]);
  expect(sealingKeyOf(roster, "ba")).toBeNull();
  expect(sealingKeyOf(roster, "controller")).toBe(online.publicKey);
});
