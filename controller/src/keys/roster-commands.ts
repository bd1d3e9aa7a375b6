import { readFileSync, writeFileSync } from "node:fs";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import {
  isSignedBy,
  type Roster,
  readRoster,
  rosterSigned,
  type SignedRoster,
  signedRoster,
} from "@loa/shared/trust/roster.ts";
import { z } from "zod";
import { makeRootKey, openRootKey, readRootPublic } from "./root-key-file.ts";
import { rosterInWords } from "./roster-words.ts";
import { signIn } from "./signed-in.ts";
import { askSecretly, isAgreed, say } from "./terminal.ts";

const PASSPHRASE = "LOA_KEYS_PASSPHRASE";

/** On a machine without any network, by its holder alone. */
export async function makeRoot(name: string, out: string): Promise<void> {
  const passphrase = await askSecretly("Passphrase for the new key (empty: none): ", PASSPHRASE);
  const { id, publicKey } = makeRootKey(out, name, passphrase);
  say(`${out}: root key ${id}. It stays with its holder.`);
  say(`${out}.pub: ${publicKey}. Everybody may see it.`);
}

export interface Proposal {
  readonly url: string;
  readonly user: string;
  readonly rootFiles: readonly string[];
  readonly threshold: number;
  readonly days: number;
  /** How many must approve an exercise; null: as it is. */
  readonly exercise: number | null;
  /** JSON of what boxes hold ordinary items to; null: as it is. */
  readonly safetyFile: string | null;
  /** The roster that boxes have, where this controller has never heard of it. */
  readonly before: string | null;
  readonly out: string;
}

/** Asks the controller what is to be signed: whoever has a passkey and the role by now. */
export async function propose(one: Proposal): Promise<void> {
  const { url, user, out } = one;
  const before = one.before === null ? null : rosterOf(read(one.before).payload);
  const wishes = wishesOf(one, before);
  const person = await signIn(url, user, await passwordOf(user));
  const answer = z.object({ payload: z.string() });
  const { payload } = await person.do("POST", "/api/v1/roster/proposal", answer, wishes);
  write(out, { payload, signatures: [] });
  describe(rosterOf(payload), before);
  say(`${out}: to be signed.`);
}

function wishesOf(one: Proposal, before: Roster | null): object {
  const keys = one.rootFiles.map(readRootPublic);
  const root = keys.length === 0 ? before?.root : { keys, threshold: one.threshold };
  const safety = one.safetyFile === null ? before?.safety : JSON.parse(readFileSync(one.safetyFile, "utf8"));
  const exercise = one.exercise ?? before?.approvals.exercise ?? null;
  const actual = before?.approvals.actual ?? 2;
  return {
    validDays: one.days,
    after: before?.version ?? 0,
    ...(root === undefined ? {} : { root }),
    ...(safety === undefined ? {} : { safety }),
    ...(exercise === null ? {} : { approvals: { actual, exercise } }),
  };
}

export interface Signing {
  readonly key: string;
  readonly from: string;
  readonly out: string;
  /** The roster in force, to see what changes; null: none is at hand. */
  readonly before: string | null;
  readonly isAgreed: boolean;
}

/** Adds one holder's signature, after the holder has read what it says. */
export async function sign(one: Signing): Promise<void> {
  const given = read(one.from);
  const roster = rosterOf(given.payload);
  describe(roster, one.before === null ? null : rosterOf(read(one.before).payload));
  if (!(await isAgreed("Is that what you want to sign?", one.isAgreed)))
    throw new Error("nothing was signed");
  const { id, privateKey } = openRootKey(one.key, await askSecretly("Passphrase: ", PASSPHRASE));
  const signature = nodeCrypto.sign(privateKey, rosterSigned(given.payload));
  const others = given.signatures.filter(({ key }) => key !== id);
  const signed = { ...given, signatures: [...others, { key: id, signature }] };
  write(one.out, signed);
  say(
    `${one.out}: signed by ${signed.signatures.map(({ key }) => key).join(", ")}; ${standingOf(roster, signed)}`,
  );
}

export function show(path: string): void {
  const signed = read(path);
  const roster = rosterOf(signed.payload);
  describe(roster, null);
  say(
    `signed by ${signed.signatures.map(({ key }) => key).join(", ") || "nobody"}; ${standingOf(roster, signed)}`,
  );
}

/** Brings it to the controller, which tells all boxes. */
export async function upload(path: string, url: string, user: string): Promise<void> {
  const person = await signIn(url, user, await passwordOf(user));
  const answer = z.object({ version: z.number() });
  const { version } = await person.do("POST", "/api/v1/roster", answer, read(path));
  say(`Version ${version} is in force, and on its way to all boxes.`);
}

export function passwordOf(user: string): Promise<string> {
  return askSecretly(`Password of ${user}: `, "LOA_PASSWORD");
}

function standingOf(roster: Roster, signed: SignedRoster): string {
  return isSignedBy(roster.root, signed, nodeCrypto)
    ? "enough for its own root. After a change of the root the one before must have signed too."
    : `not enough yet: ${roster.root.threshold} must sign.`;
}

function describe(roster: Roster, before: Roster | null): void {
  for (const line of rosterInWords(roster, before)) say(line);
}

function rosterOf(payload: string): Roster {
  const roster = readRoster(payload);
  if (roster === null) throw new Error("this is no roster, or not in its one form");
  return roster;
}

function read(path: string): SignedRoster {
  return signedRoster.parse(JSON.parse(readFileSync(path, "utf8")));
}

function write(path: string, signed: SignedRoster): void {
  writeFileSync(path, `${JSON.stringify(signed)}\n`, { flush: true });
}
