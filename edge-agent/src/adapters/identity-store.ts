import { join } from "node:path";
import type { SigningKey } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import {
  boxCertificate,
  enrolAnswer,
  NEW_BOX_NAME,
  type RenewRequest,
  renewalText,
} from "@loa/shared/wire/enrolment.ts";
import { type Identity, identityFile, identityOf } from "../identity.ts";
import type { DoorKeys, TlsIdentity } from "../tls-identity.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";
import { postJson } from "./post-json.ts";
import { newSigningRequest } from "./signing-request.ts";
import { readNext, readTls, writeNext, writeTls } from "./tls-store.ts";

const FILE_NAME = "identity.json";

/** The identity in the box's folder; null when it was never enrolled. */
export function readIdentity(folder: string): Identity | null {
  const text = readIfThere(join(folder, FILE_NAME));
  if (text === null) return null;
  const { answer, privateKey } = identityFile.parse(JSON.parse(text));
  return identityOf(answer, privateKey as SigningKey, readTls(folder));
}

/** Gives a new box its identity. The keys are made here and never leave; the code is used up by success only. */
export async function enrol(
  folder: string,
  controllerUrl: string,
  claimCode: string,
  doors: DoorKeys = unknownDoors(),
): Promise<Result<Identity, string>> {
  const keys = newKeyPair();
  const request = await newSigningRequest(NEW_BOX_NAME);
  const wish = { claimCode, publicKey: keys.publicKey, csr: request.csr };
  const posted = await postJson(`${controllerUrl}/api/v1/enrol`, wish, doors);
  if (posted === null) return fail("unreachable");
  if (posted.status >= 400) return fail(`refused: ${posted.text.slice(0, 500)}`);
  const answer = enrolAnswer.safeParse(parseJson(posted.text));
  if (!answer.success) return fail("the answer is not one of a Loa controller");
  const { tls: told } = answer.data;
  // First, so that whoever is enrolled has all that it was given.
  const tls = told === null ? null : writeTls(folder, told, request.privateKey);
  if (told !== null && tls === null) return fail("the certificate belongs to another key");
  writeDurably(join(folder, FILE_NAME), JSON.stringify({ answer: answer.data, privateKey: keys.privateKey }));
  return ok(identityOf(answer.data, keys.privateKey, tls));
}

/** Asks for the certificate that follows this one. The new key is on the disk before anybody hears of it. */
export async function renewCertificate(
  folder: string,
  { box, contentUrl, privateKey }: Identity,
  tls: TlsIdentity,
  doors: DoorKeys,
): Promise<Result<TlsIdentity, string>> {
  const replaces = tls.serial;
  const request = readNext(folder, replaces) ?? (await newSigningRequest(box));
  writeNext(folder, replaces, request);
  const wish = { box, replaces, csr: request.csr };
  const signature = nodeCrypto.sign(privateKey, renewalText(wish));
  const asked: RenewRequest = { ...wish, signature };
  const posted = await postJson(`${contentUrl}/api/v1/renew`, asked, doors);
  if (posted === null) return fail("unreachable");
  if (posted.status >= 400) return fail(`refused: ${posted.text.slice(0, 500)}`);
  const told = boxCertificate.safeParse(parseJson(posted.text));
  if (!told.success) return fail("the answer is not one of a Loa controller");
  const next = writeTls(folder, told.data, request.privateKey);
  return next === null ? fail("the certificate belongs to another key") : ok(next);
}

/** A box that nobody told whom to believe asks the list of its system, by the machine's clock. */
function unknownDoors(): DoorKeys {
  return { ca: undefined, own: null, time: { at: nodeClock.now(), isKnown: true } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
