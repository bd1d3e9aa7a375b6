import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SigningKey } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { enrolAnswer } from "@loa/shared/wire/enrolment.ts";
import { type Identity, identityFile, identityOf } from "../identity.ts";

const FILE_NAME = "identity.json";
const ENROL_LIMIT_MS = 20_000;

/** The identity in the box's folder; null when it was never enrolled. */
export function readIdentity(folder: string): Identity | null {
  const path = join(folder, FILE_NAME);
  if (!existsSync(path)) return null;
  const { answer, privateKey } = identityFile.parse(JSON.parse(readFileSync(path, "utf8")));
  return identityOf(answer, privateKey as SigningKey);
}

/** Gives a new box its identity. The key is made here and never leaves; the code is used up by success only. */
export async function enrol(
  folder: string,
  controllerUrl: string,
  claimCode: string,
): Promise<Result<Identity, string>> {
  const keys = newKeyPair();
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${controllerUrl}/api/v1/enrol`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ claimCode, publicKey: keys.publicKey }),
      redirect: "manual",
      signal: AbortSignal.timeout(ENROL_LIMIT_MS),
    });
    status = response.status;
    text = await response.text();
  } catch {
    return fail("unreachable");
  }
  if (status >= 400) return fail(`refused: ${text.slice(0, 500)}`);
  const answer = enrolAnswer.safeParse(parseJson(text));
  if (!answer.success) return fail("the answer is not one of a Loa controller");
  writeDurably(join(folder, FILE_NAME), JSON.stringify({ answer: answer.data, privateKey: keys.privateKey }));
  return ok(identityOf(answer.data, keys.privateKey));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function writeDurably(path: string, text: string): void {
  const handle = openSync(`${path}.new`, "w", 0o600);
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
